"""One product of matrices by drafts for dot products and matrices, and by what there is."""

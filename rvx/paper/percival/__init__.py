"""PERCIVAL: matrix products in posit32 and in float32."""

"""Block-scaled formats: VS-Quant (`vsq`), OCP microscaling (`mx`) and NVFP4 (`nvfp4`)."""

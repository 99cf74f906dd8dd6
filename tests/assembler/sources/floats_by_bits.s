.data
.float16 0h:7e00
.single 0f:3f800000, 0f:3f, 0r:3f8_00000
.double 0d:3ff8

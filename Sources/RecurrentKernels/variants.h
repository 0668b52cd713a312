// Compiles the including file once per instruction set.
//
// A file of kernels defines RECURRENT_FAMILY as its own name and includes this header; this header
// includes the file again for each instruction set, with RECURRENT_VARIANT defined, under that
// set's target attribute. In the file, VARIANT(name) is the name of a function in this variant.

#include "tables.h"

#define RECURRENT_JOIN_NAMES(name, variant) recurrent_##name##_##variant
#define RECURRENT_JOIN(name, variant) RECURRENT_JOIN_NAMES(name, variant)
#define VARIANT(name) RECURRENT_JOIN(name, RECURRENT_VARIANT)

#pragma clang diagnostic ignored "-Wpsabi"

#if defined(__x86_64__)

#define RECURRENT_VARIANT avx512
#define RECURRENT_LANES 16
#define RECURRENT_VECTORS 4
#define RECURRENT_OPERANDS 1
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))), apply_to = function)
#include RECURRENT_FAMILY
#pragma clang attribute pop
#undef RECURRENT_VARIANT
#undef RECURRENT_LANES
#undef RECURRENT_VECTORS
#undef RECURRENT_OPERANDS

// The same with operands of products in bfloat16, two to a number's place.
#define RECURRENT_VARIANT avx512bf16
#define RECURRENT_LANES 16
#define RECURRENT_VECTORS 4
#define RECURRENT_OPERANDS 2
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx512bf16,avx2,fma"))),             \
    apply_to = function)
#include RECURRENT_FAMILY
#pragma clang attribute pop
#undef RECURRENT_VARIANT
#undef RECURRENT_LANES
#undef RECURRENT_VECTORS
#undef RECURRENT_OPERANDS

#define RECURRENT_VARIANT avx2
#define RECURRENT_LANES 8
#define RECURRENT_VECTORS 2
#define RECURRENT_OPERANDS 1
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include RECURRENT_FAMILY
#pragma clang attribute pop
#undef RECURRENT_VARIANT
#undef RECURRENT_LANES
#undef RECURRENT_VECTORS
#undef RECURRENT_OPERANDS

#endif

#define RECURRENT_VARIANT baseline
#define RECURRENT_LANES 4
#define RECURRENT_VECTORS 4
#define RECURRENT_OPERANDS 1
#include RECURRENT_FAMILY
#undef RECURRENT_VARIANT
#undef RECURRENT_LANES
#undef RECURRENT_VECTORS
#undef RECURRENT_OPERANDS

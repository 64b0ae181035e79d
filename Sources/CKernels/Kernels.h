// What files of kernels share.

#ifndef KERNELS_H
#define KERNELS_H

// The loader picks the clone that the processor can run (ifunc, hence glibc only).
#if defined(__x86_64__) && defined(__GLIBC__)
#define KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define KERNEL
#endif
#define INLINE static inline __attribute__((always_inline))

#endif

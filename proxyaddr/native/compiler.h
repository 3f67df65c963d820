/* What differs between compilers: hints, and whether SSE2 is used. */
#ifndef PROXYADDR_COMPILER_H
#define PROXYADDR_COMPILER_H

/* PROXYADDR_SCALAR leaves out what only some compilers and processors have, so that any machine can test the rest. */
#if defined(__GNUC__) && !defined(PROXYADDR_SCALAR)
#define HAVE_GNU 1
#endif
#if defined(HAVE_GNU) && defined(__SSE2__)
#include <emmintrin.h>
#define HAVE_SSE2 1
#endif
#if defined(_MSC_VER) && defined(_M_X64)
#include <intrin.h>
#endif
#if defined(HAVE_GNU)
#define PREFETCH(address) __builtin_prefetch(address)
#elif defined(_MSC_VER) && defined(_M_X64)
#define PREFETCH(address) _mm_prefetch((const char *)(address), _MM_HINT_T0)
#else
#define PREFETCH(address) ((void)(address))
#endif
#if defined(HAVE_GNU)
#define RARELY(x) __builtin_expect(!!(x), 0)
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#elif defined(_MSC_VER)
#define RARELY(x) (x)
#define ALWAYS_INLINE static __forceinline
#else
#define RARELY(x) (x)
#define ALWAYS_INLINE static inline
#endif

#endif

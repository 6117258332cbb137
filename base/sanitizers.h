// Which sanitizer this is built with: g++ and clang 14 say it in different ways.
//
//   PALIAD_ADDRESS_SANITIZER  1 with AddressSanitizer, else 0
//   PALIAD_SANITIZED          1 with that or ThreadSanitizer, which need memory of their own, else 0
#ifndef PALIAD_BASE_SANITIZERS_H_
#define PALIAD_BASE_SANITIZERS_H_

#ifdef __has_feature
#define PALIAD_HAS_FEATURE(name) __has_feature(name)
#else
#define PALIAD_HAS_FEATURE(name) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || PALIAD_HAS_FEATURE(address_sanitizer)
#define PALIAD_ADDRESS_SANITIZER 1
#else
#define PALIAD_ADDRESS_SANITIZER 0
#endif

#if PALIAD_ADDRESS_SANITIZER || defined(__SANITIZE_THREAD__) || PALIAD_HAS_FEATURE(thread_sanitizer)
#define PALIAD_SANITIZED 1
#else
#define PALIAD_SANITIZED 0
#endif

#endif  // PALIAD_BASE_SANITIZERS_H_

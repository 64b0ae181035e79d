// How often this thread has asked for memory.

#ifndef CALLOCATION_COUNT_H
#define CALLOCATION_COUNT_H

/// Calls of malloc and its kin by the calling thread since it began, or -1 where they are not counted.
///
/// Linking this target puts counting functions in the place of glibc's, which they call.
long allocation_count(void);

#endif

// A VFS of SQLite whose power can be cut.
//
// It writes through to the system's VFS and remembers, sector by sector, what was there at the last
// sync. After a power cut nothing can be written any more; "restore" then puts back all or a random
// part of the sectors that were never synced, as a disk with a cache leaves them.
#ifndef CRASHVFS_H
#define CRASHVFS_H

#include <stdint.h>

typedef struct crash_vfs crash_vfs;

/// Registers a new VFS under a name of its own; NULL if that fails.
crash_vfs *crash_vfs_create(const char *name);

/// Cuts the power at the n-th write, truncation or sync from now on; never if n is 0.
void crash_vfs_cut_after(crash_vfs *, int operations);

/// Lets all writes fail with this result code of SQLite until it is set to 0 again.
void crash_vfs_fail_writes(crash_vfs *, int code);

/// Whether the power is off.
int crash_vfs_is_off(crash_vfs *);

/// Puts back unsynced sectors, all or a random part, and switches the power on.
/// No connection may be open. Gives 0, or -1 where a file could not be written.
int crash_vfs_restore(crash_vfs *, int all, uint64_t seed);

/// Takes the VFS away; no connection may be open.
void crash_vfs_destroy(crash_vfs *);

#endif

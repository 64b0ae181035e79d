// A VFS of SQLite whose power can be cut.

#include "CrashVFS.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512, MAXIMUM_FILES = 16 };

// A sector as it was at the last sync.
typedef struct {
    sqlite3_int64 index;
    unsigned char content[SECTOR];
} old_sector;

// A file on the disk, whoever has it open.
typedef struct {
    char *path;
    sqlite3_int64 synced_size;
    old_sector *sectors;
    size_t count, capacity;
} disk_file;

struct crash_vfs {
    sqlite3_vfs base;
    sqlite3_vfs *real;
    pthread_mutex_t mutex;
    disk_file files[MAXIMUM_FILES];
    int file_count;
    int operations_left;
    int is_off;
    int write_error;
};

typedef struct {
    sqlite3_file base;
    crash_vfs *vfs;
    disk_file *disk;
    sqlite3_file *real;
} crash_file;

static sqlite3_file *real_file(sqlite3_file *file) { return ((crash_file *)file)->real; }

// Counts an operation; SQLITE_OK as long as there is power.
static int use_power(crash_vfs *vfs) {
    if (vfs->is_off) return SQLITE_IOERR;
    if (vfs->write_error) return vfs->write_error;
    if (vfs->operations_left > 0 && --vfs->operations_left == 0) vfs->is_off = 1;
    return SQLITE_OK;
}

static disk_file *find(crash_vfs *vfs, const char *path) {
    for (int i = 0; i < vfs->file_count; i++)
        if (strcmp(vfs->files[i].path, path) == 0) return &vfs->files[i];
    return NULL;
}

// Remembers the sectors of a range, before they are changed for the first time after a sync.
static int remember(crash_file *file, sqlite3_int64 from, sqlite3_int64 to) {
    disk_file *disk = file->disk;
    for (sqlite3_int64 index = from / SECTOR; index * SECTOR < to; index++) {
        size_t i = 0;
        while (i < disk->count && disk->sectors[i].index != index) i++;
        if (i < disk->count) continue;
        if (disk->count == disk->capacity) {
            disk->capacity = disk->capacity * 2 + 64;
            disk->sectors = realloc(disk->sectors, disk->capacity * sizeof(old_sector));
            if (!disk->sectors) return SQLITE_NOMEM;
        }
        old_sector *sector = &disk->sectors[disk->count++];
        sector->index = index;
        // A short read fills the rest with zeros.
        int code = file->real->pMethods->xRead(
            file->real, sector->content, SECTOR, index * SECTOR);
        if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
    }
    return SQLITE_OK;
}

static int crash_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    crash_file *file = (crash_file *)base;
    if (!file->disk) return file->real->pMethods->xWrite(file->real, bytes, count, offset);
    pthread_mutex_lock(&file->vfs->mutex);
    int code = use_power(file->vfs);
    if (code == SQLITE_OK) code = remember(file, offset, offset + count);
    if (code == SQLITE_OK) code = file->real->pMethods->xWrite(file->real, bytes, count, offset);
    // The write at which the power fails may reach the disk, but nobody learns of it.
    if (code == SQLITE_OK && file->vfs->is_off) code = SQLITE_IOERR_WRITE;
    pthread_mutex_unlock(&file->vfs->mutex);
    return code;
}

static int crash_truncate(sqlite3_file *base, sqlite3_int64 size) {
    crash_file *file = (crash_file *)base;
    if (!file->disk) return file->real->pMethods->xTruncate(file->real, size);
    pthread_mutex_lock(&file->vfs->mutex);
    sqlite3_int64 old_size = 0;
    int code = use_power(file->vfs);
    if (code == SQLITE_OK) code = file->real->pMethods->xFileSize(file->real, &old_size);
    if (code == SQLITE_OK) code = remember(file, size, old_size);
    if (code == SQLITE_OK) code = file->real->pMethods->xTruncate(file->real, size);
    if (code == SQLITE_OK && file->vfs->is_off) code = SQLITE_IOERR_TRUNCATE;
    pthread_mutex_unlock(&file->vfs->mutex);
    return code;
}

static int crash_sync(sqlite3_file *base, int flags) {
    (void)flags;
    crash_file *file = (crash_file *)base;
    if (!file->disk) return SQLITE_OK;
    pthread_mutex_lock(&file->vfs->mutex);
    int code = use_power(file->vfs);
    if (code == SQLITE_OK && file->vfs->is_off) code = SQLITE_IOERR_FSYNC;
    // The real file needs no sync: it is the power of this VFS that fails, not the machine's.
    if (code == SQLITE_OK) {
        file->disk->count = 0;
        code = file->real->pMethods->xFileSize(file->real, &file->disk->synced_size);
    }
    pthread_mutex_unlock(&file->vfs->mutex);
    return code;
}

static int crash_close(sqlite3_file *file) { return real_file(file)->pMethods->xClose(real_file(file)); }
static int crash_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    return real_file(file)->pMethods->xRead(real_file(file), bytes, count, offset);
}
static int crash_file_size(sqlite3_file *file, sqlite3_int64 *size) {
    return real_file(file)->pMethods->xFileSize(real_file(file), size);
}
static int crash_lock(sqlite3_file *file, int level) {
    return real_file(file)->pMethods->xLock(real_file(file), level);
}
static int crash_unlock(sqlite3_file *file, int level) {
    return real_file(file)->pMethods->xUnlock(real_file(file), level);
}
static int crash_check_lock(sqlite3_file *file, int *result) {
    return real_file(file)->pMethods->xCheckReservedLock(real_file(file), result);
}
static int crash_control(sqlite3_file *file, int operation, void *argument) {
    // A hint to grow or to map the file would bypass what is remembered here.
    if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_MMAP_SIZE)
        return SQLITE_NOTFOUND;
    return real_file(file)->pMethods->xFileControl(real_file(file), operation, argument);
}
static int crash_sector_size(sqlite3_file *file) { (void)file; return SECTOR; }
static int crash_characteristics(sqlite3_file *file) {
    return real_file(file)->pMethods->xDeviceCharacteristics(real_file(file));
}
static int crash_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out) {
    return real_file(file)->pMethods->xShmMap(real_file(file), page, size, extend, out);
}
static int crash_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
    return real_file(file)->pMethods->xShmLock(real_file(file), offset, count, flags);
}
static void crash_shm_barrier(sqlite3_file *file) {
    real_file(file)->pMethods->xShmBarrier(real_file(file));
}
static int crash_shm_unmap(sqlite3_file *file, int delete) {
    return real_file(file)->pMethods->xShmUnmap(real_file(file), delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = crash_close,
    .xRead = crash_read,
    .xWrite = crash_write,
    .xTruncate = crash_truncate,
    .xSync = crash_sync,
    .xFileSize = crash_file_size,
    .xLock = crash_lock,
    .xUnlock = crash_unlock,
    .xCheckReservedLock = crash_check_lock,
    .xFileControl = crash_control,
    .xSectorSize = crash_sector_size,
    .xDeviceCharacteristics = crash_characteristics,
    .xShmMap = crash_shm_map,
    .xShmLock = crash_shm_lock,
    .xShmBarrier = crash_shm_barrier,
    .xShmUnmap = crash_shm_unmap,
};

// The disk's side of a file that was just opened; NULL if there is no room for it.
static disk_file *open_disk(crash_vfs *vfs, const char *path, sqlite3_file *real) {
    pthread_mutex_lock(&vfs->mutex);
    disk_file *disk = find(vfs, path);
    if (!disk && vfs->file_count < MAXIMUM_FILES) {
        disk = &vfs->files[vfs->file_count++];
        memset(disk, 0, sizeof *disk);
        disk->path = strdup(path);
        real->pMethods->xFileSize(real, &disk->synced_size);
    }
    pthread_mutex_unlock(&vfs->mutex);
    return disk;
}

static int crash_open(
    sqlite3_vfs *base, const char *path, sqlite3_file *opened, int flags, int *flags_out) {
    crash_vfs *vfs = (crash_vfs *)base;
    crash_file *file = (crash_file *)opened;
    memset(file, 0, sizeof *file);
    file->vfs = vfs;
    file->real = (sqlite3_file *)(file + 1);
    if (vfs->is_off) return SQLITE_CANTOPEN;
    int code = vfs->real->xOpen(vfs->real, path, file->real, flags, flags_out);
    if (!file->real->pMethods) return code;
    file->base.pMethods = &methods;
    if (code == SQLITE_OK && path) {
        file->disk = open_disk(vfs, path, file->real);
        if (!file->disk) code = SQLITE_NOMEM;
    }
    return code;
}

static int crash_delete(sqlite3_vfs *base, const char *path, int sync) {
    crash_vfs *vfs = (crash_vfs *)base;
    pthread_mutex_lock(&vfs->mutex);
    int code = vfs->is_off ? SQLITE_IOERR_DELETE : vfs->real->xDelete(vfs->real, path, sync);
    disk_file *disk = find(vfs, path);
    if (code == SQLITE_OK && disk) disk->count = 0, disk->synced_size = 0;
    pthread_mutex_unlock(&vfs->mutex);
    return code;
}

static int crash_access(sqlite3_vfs *base, const char *path, int flags, int *result) {
    sqlite3_vfs *real = ((crash_vfs *)base)->real;
    return real->xAccess(real, path, flags, result);
}
static int crash_full_path(sqlite3_vfs *base, const char *path, int count, char *out) {
    sqlite3_vfs *real = ((crash_vfs *)base)->real;
    return real->xFullPathname(real, path, count, out);
}
static int crash_randomness(sqlite3_vfs *base, int count, char *out) {
    sqlite3_vfs *real = ((crash_vfs *)base)->real;
    return real->xRandomness(real, count, out);
}
static int crash_sleep(sqlite3_vfs *base, int microseconds) {
    sqlite3_vfs *real = ((crash_vfs *)base)->real;
    return real->xSleep(real, microseconds);
}
static int crash_time(sqlite3_vfs *base, double *out) {
    sqlite3_vfs *real = ((crash_vfs *)base)->real;
    return real->xCurrentTime(real, out);
}

crash_vfs *crash_vfs_create(const char *name) {
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    crash_vfs *vfs = calloc(1, sizeof *vfs);
    if (!vfs || !real) return NULL;
    vfs->real = real;
    vfs->base = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(crash_file) + real->szOsFile,
        .mxPathname = real->mxPathname,
        .zName = strdup(name),
        .xOpen = crash_open,
        .xDelete = crash_delete,
        .xAccess = crash_access,
        .xFullPathname = crash_full_path,
        .xRandomness = crash_randomness,
        .xSleep = crash_sleep,
        .xCurrentTime = crash_time,
    };
    pthread_mutex_init(&vfs->mutex, NULL);
    return sqlite3_vfs_register(&vfs->base, 0) == SQLITE_OK ? vfs : NULL;
}

void crash_vfs_cut_after(crash_vfs *vfs, int operations) {
    pthread_mutex_lock(&vfs->mutex);
    vfs->operations_left = operations;
    pthread_mutex_unlock(&vfs->mutex);
}

void crash_vfs_fail_writes(crash_vfs *vfs, int code) {
    pthread_mutex_lock(&vfs->mutex);
    vfs->write_error = code;
    pthread_mutex_unlock(&vfs->mutex);
}

int crash_vfs_is_off(crash_vfs *vfs) {
    pthread_mutex_lock(&vfs->mutex);
    int is_off = vfs->is_off;
    pthread_mutex_unlock(&vfs->mutex);
    return is_off;
}

static uint64_t next_random(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

static int restore_file(disk_file *disk, int all, uint64_t *random) {
    int descriptor = open(disk->path, O_WRONLY);
    int failed = 0;
    if (descriptor >= 0) {
        struct stat status;
        failed |= fstat(descriptor, &status);
        for (size_t i = 0; i < disk->count; i++) {
            old_sector *sector = &disk->sectors[i];
            // What was cut off was never written: if the length comes back, so does the content.
            int is_cut_off = sector->index * SECTOR >= status.st_size;
            if (!all && !is_cut_off && (next_random(random) & 1)) continue;
            failed |= pwrite(descriptor, sector->content, SECTOR, sector->index * SECTOR) != SECTOR;
        }
        // The length is of the directory's kind: it is lost, or it is not.
        int loses_length = all || (next_random(random) & 1);
        off_t size = loses_length ? disk->synced_size : status.st_size;
        if (size < disk->synced_size) size = disk->synced_size;
        failed |= ftruncate(descriptor, size);
        close(descriptor);
    }
    disk->count = 0;
    return failed;
}

int crash_vfs_restore(crash_vfs *vfs, int all, uint64_t seed) {
    pthread_mutex_lock(&vfs->mutex);
    int failed = 0;
    for (int i = 0; i < vfs->file_count; i++) {
        failed |= restore_file(&vfs->files[i], all, &seed);
        // Shared memory does not outlive the machine.
        char *shared = sqlite3_mprintf("%s-shm", vfs->files[i].path);
        unlink(shared);
        sqlite3_free(shared);
        free(vfs->files[i].path);
        free(vfs->files[i].sectors);
    }
    vfs->file_count = 0;
    vfs->operations_left = 0;
    vfs->is_off = 0;
    pthread_mutex_unlock(&vfs->mutex);
    return failed ? -1 : 0;
}

void crash_vfs_destroy(crash_vfs *vfs) {
    sqlite3_vfs_unregister(&vfs->base);
    for (int i = 0; i < vfs->file_count; i++) {
        free(vfs->files[i].path);
        free(vfs->files[i].sectors);
    }
    pthread_mutex_destroy(&vfs->mutex);
    free((char *)vfs->base.zName);
    free(vfs);
}

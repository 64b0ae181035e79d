// What a process may take from others; these calls need _GNU_SOURCE, which the header must not define.
#define _GNU_SOURCE
#include "CEpoll.h"

#include <sched.h>
#include <unistd.h>

int is_low_priority(void) { return sched_getscheduler(0) == SCHED_IDLE; }

int lower_priority(void) {
    struct sched_param parameters = {.sched_priority = 0};
    cpu_set_t cores, one;
    int result = nice(19) == -1 ? -1 : 0;
    if (sched_setscheduler(0, SCHED_IDLE, &parameters) != 0) result = -1;
    if (sched_getaffinity(0, sizeof cores, &cores) != 0) return -1;
    for (int core = CPU_SETSIZE - 1; core >= 0; core--) {
        if (!CPU_ISSET(core, &cores)) continue;
        CPU_ZERO(&one);
        CPU_SET(core, &one);
        if (sched_setaffinity(0, sizeof one, &one) != 0) result = -1;
        break;
    }
    return result;
}

/*
 * confine COMMAND ARG…: becomes the command, which from then on, with all that it starts, has no network and cannot
 * look into other processes. A stranger's model needs neither; Lambda's runtime interface, a container's metadata and
 * S3 are reached by the network alone. Needs no right: a filter may be narrowed by anybody. Source: seccomp(2).
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
/* The same calls under other numbers. */
#define X32 0x40000000
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define X32 0xffffffff
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES)
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define REFUSE_CALL(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), REFUSE

static struct sock_filter filter[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    REFUSE,
    LOAD(nr),
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1),
    REFUSE,
    REFUSE_CALL(SYS_ptrace),
    REFUSE_CALL(SYS_process_vm_readv),
    REFUSE_CALL(SYS_process_vm_writev),
    /* Both can do what the others may not. */
    REFUSE_CALL(425 /* io_uring_setup */),
    REFUSE_CALL(438 /* pidfd_getfd */),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0),
    ALLOW,
    /* Processes of one machine talk by AF_UNIX; the lower half of the argument, which is an int. */
    LOAD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 0, 1),
    ALLOW,
    REFUSE,
};

int main(int count, char **command) {
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  if (count < 2) {
    fputs("confine: no command\n", stderr);
    return 2;
  }
  /* Where it is refused it may be set already, as by Lambda, which refuses calls of prctl. */
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0 &&
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    perror("confine: nothing can be taken away here");
    return 1;
  }
  execv(command[1], command + 1);
  perror(command[1]);
  return 1;
}

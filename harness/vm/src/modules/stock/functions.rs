//! The functions of CPython's C modules: importing one that the VM does not have is fine, calling it is *unsupported*.
//!
//! A name that not all versions have is followed by `/` and the first minor version that has it, or `/-` and the last one.

/// By the name of the module.
pub(super) static FUNCTIONS: &[(&str, &str)] = &[
    (
        "_codecs",
        "ascii_decode ascii_encode charmap_build charmap_decode charmap_encode decode encode escape_decode escape_encode \
         latin_1_decode latin_1_encode lookup lookup_error raw_unicode_escape_decode raw_unicode_escape_encode \
         readbuffer_encode register register_error unicode_escape_decode unicode_escape_encode unregister utf_16_be_decode \
         utf_16_be_encode utf_16_decode utf_16_encode utf_16_ex_decode utf_16_le_decode utf_16_le_encode utf_32_be_decode \
         utf_32_be_encode utf_32_decode utf_32_encode utf_32_ex_decode utf_32_le_decode utf_32_le_encode utf_7_decode \
         utf_7_encode utf_8_decode utf_8_encode",
    ),
    (
        "_locale",
        "bind_textdomain_codeset bindtextdomain dcgettext dgettext getencoding gettext localeconv nl_langinfo setlocale strcoll \
         strxfrm textdomain",
    ),
    (
        "_signal",
        "alarm default_int_handler getitimer getsignal pause pidfd_send_signal pthread_kill pthread_sigmask raise_signal \
         set_wakeup_fd setitimer siginterrupt signal sigpending sigtimedwait sigwait sigwaitinfo strsignal valid_signals",
    ),
    ("atexit", "_clear _ncallbacks _run_exitfuncs register unregister"),
    (
        "_imp",
        "_fix_co_filename _frozen_module_names _override_frozen_modules_for_tests _override_multi_interp_extensions_check/12 \
         acquire_lock create_builtin create_dynamic exec_builtin exec_dynamic extension_suffixes find_frozen get_frozen_object \
         init_frozen is_builtin is_frozen is_frozen_package lock_held release_lock source_hash",
    ),
    ("marshal", "dump dumps load loads"),
    (
        "posix",
        "WCOREDUMP WEXITSTATUS WIFCONTINUED WIFEXITED WIFSIGNALED WIFSTOPPED WSTOPSIG WTERMSIG _exit _inputhook/13 \
         _is_inputhook_installed/13 _path_normpath _path_splitroot_ex/13 abort access chdir chmod chown chroot close closerange \
         confstr copy_file_range cpu_count ctermid device_encoding dup dup2 eventfd eventfd_read eventfd_write execv execve \
         fchdir fchmod fchown fdatasync fork forkpty fpathconf fspath fstat fstatvfs fsync ftruncate get_blocking \
         get_inheritable get_terminal_size getcwd getcwdb getegid geteuid getgid getgrouplist getgroups getloadavg getlogin \
         getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getsid getuid getxattr grantpt/13 initgroups \
         isatty kill killpg lchown link listdir listxattr lockf login_tty lseek lstat major makedev memfd_create minor mkdir \
         mkfifo mknod nice open openpty pathconf pidfd_open pipe pipe2 posix_fadvise posix_fallocate posix_openpt/13 \
         posix_spawn posix_spawnp pread preadv ptsname/13 putenv pwrite pwritev read readlink readv register_at_fork remove \
         removexattr rename replace rmdir scandir sched_get_priority_max sched_get_priority_min sched_getaffinity \
         sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setparam sched_setscheduler \
         sched_yield sendfile set_blocking set_inheritable setegid seteuid setgid setgroups setns/12 setpgid setpgrp \
         setpriority setregid setresgid setresuid setreuid setsid setuid setxattr splice stat statvfs strerror symlink sync \
         sysconf system tcgetpgrp tcsetpgrp timerfd_create/13 timerfd_gettime/13 timerfd_gettime_ns/13 timerfd_settime/13 \
         timerfd_settime_ns/13 times truncate ttyname umask uname unlink unlockpt/13 unsetenv unshare/12 urandom utime wait \
         wait3 wait4 waitid waitpid waitstatus_to_exitcode write writev",
    ),
    ("_string", "formatter_field_name_split formatter_parser"),
    (
        "time",
        "asctime clock_getres clock_gettime clock_gettime_ns clock_settime clock_settime_ns ctime get_clock_info gmtime \
         localtime mktime monotonic monotonic_ns perf_counter perf_counter_ns process_time process_time_ns \
         pthread_getcpuclockid sleep strftime strptime thread_time thread_time_ns time time_ns tzset",
    ),
    (
        "_thread",
        "_count _excepthook _get_main_thread_ident/13 _is_main_interpreter/12 _make_thread_handle/13 _set_sentinel/-12 \
         _shutdown/13 allocate allocate_lock daemon_threads_allowed/12 exit exit_thread get_ident get_native_id interrupt_main \
         stack_size start_joinable_thread/13 start_new start_new_thread",
    ),
    ("binascii", "a2b_base64 a2b_hex a2b_qp a2b_uu b2a_base64 b2a_hex b2a_qp b2a_uu crc32 crc_hqx hexlify unhexlify"),
    ("zlib", "adler32 compress compressobj crc32 decompress decompressobj"),
    (
        "unicodedata",
        "bidirectional category combining decimal decomposition digit east_asian_width is_normalized lookup mirrored name \
         normalize numeric",
    ),
    (
        "_opcode",
        "get_executor/13 get_intrinsic1_descs/13 get_intrinsic2_descs/13 get_nb_ops/13 get_specialization_stats has_arg/13 \
         has_const/13 has_exc/13 has_free/13 has_jump/13 has_local/13 has_name/13 is_valid/13 stack_effect",
    ),
    ("_symtable", "symtable"),
    ("_csv", "field_size_limit get_dialect list_dialects reader register_dialect unregister_dialect writer"),
    ("_statistics", "_normal_dist_inv_cdf"),
    ("select", "poll select"),
    ("fcntl", "fcntl flock ioctl lockf"),
    ("_posixsubprocess", "fork_exec"),
    ("pwd", "getpwall getpwnam getpwuid"),
    ("grp", "getgrall getgrgid getgrnam"),
    (
        "_tracemalloc",
        "_get_object_traceback _get_traces clear_traces get_traceback_limit get_traced_memory get_tracemalloc_memory is_tracing \
         reset_peak start stop",
    ),
    (
        "faulthandler",
        "_fatal_error_c_thread _read_null _sigabrt _sigfpe _sigsegv _stack_overflow cancel_dump_traceback_later disable \
         dump_traceback dump_traceback_later enable is_enabled register unregister",
    ),
    ("_io", "open open_code text_encoding"),
    ("_sha1", "sha1"),
    ("_md5", "md5"),
    ("_sha2", "sha224/12 sha256/12 sha384/12 sha512/12"),
    ("_sha256", "sha224/-11 sha256/-11"),
    ("_sha512", "sha384/-11 sha512/-11"),
    (
        "_hashlib",
        "compare_digest get_fips_mode hmac_digest hmac_new new openssl_md5 openssl_sha1 openssl_sha224 openssl_sha256 \
         openssl_sha384 openssl_sha3_224 openssl_sha3_256 openssl_sha3_384 openssl_sha3_512 openssl_sha512 openssl_shake_128 \
         openssl_shake_256 pbkdf2_hmac scrypt",
    ),
    ("resource", "getpagesize getrlimit getrusage prlimit setrlimit"),
    ("_heapq", "_heapify_max _heappop_max _heapreplace_max heapify heappop heappush heappushpop heapreplace"),
    ("_bisect", "bisect_left bisect_right insort_left insort_right"),
    ("array", "_array_reconstructor"),
    ("_struct", "_clearcache calcsize iter_unpack pack pack_into unpack unpack_from"),
    (
        "sys",
        "_baserepl/13 _clear_internal_caches/13 \
         _clear_type_cache _current_exceptions _current_frames _debugmallocstats _get_cpu_count_config/13 _getframe \
         _getframemodulename/12 _getquickenedcount/-11 _is_gil_enabled/13 _is_interned/13 _setprofileallthreads/12 \
         _settraceallthreads/12 activate_stack_trampoline/12 addaudithook audit breakpointhook call_tracing \
         deactivate_stack_trampoline/12 displayhook exc_info excepthook exception exit get_asyncgen_hooks \
         get_coroutine_origin_tracking_depth get_int_max_str_digits getallocatedblocks getdefaultencoding getdlopenflags \
         getfilesystemencodeerrors getfilesystemencoding getprofile getrecursionlimit getrefcount getsizeof getswitchinterval \
         gettrace getunicodeinternedsize/12 intern is_finalizing is_stack_trampoline_active/12 set_asyncgen_hooks \
         set_coroutine_origin_tracking_depth set_int_max_str_digits setdlopenflags setprofile setrecursionlimit \
         setswitchinterval settrace unraisablehook",
    ),
    ("_bz2", ""),
    ("_lzma", "_decode_filter_properties _encode_filter_properties is_check_supported"),
    ("_uuid", "generate_time_safe"),
];

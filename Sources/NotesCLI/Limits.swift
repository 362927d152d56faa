internal import Glibc

/// Has the process's limits end no command without words.
///
/// A file that grows past its limit fails the write, as a full disk does, and as many files may be open
/// as the process is allowed, up to a few thousand.
///
/// - Returns: what is wrong where too few may be open for any command.
public func prepareLimits() -> String? {
  signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit()
  let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  guard unsafe getrlimit(files, &limit) == 0 else { return nil }
  if limit.rlim_cur < 4_096, limit.rlim_cur < limit.rlim_max {
    limit.rlim_cur = min(limit.rlim_max, 4_096)
    unsafe setrlimit(files, &limit)
  }
  if limit.rlim_cur >= 16 { return nil }
  return "only \(limit.rlim_cur) files may be open at once, and 16 are needed (ulimit -n)"
}

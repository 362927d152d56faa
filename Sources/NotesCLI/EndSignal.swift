internal import Dispatch
internal import Glibc

/// Lets what runs end in order when the process is asked to (SIGINT, SIGTERM, SIGHUP): nothing else
/// happens at these signals from here on.
func onEndSignal(_ end: @escaping @Sendable () -> Void) {
  var signals = sigset_t()
  unsafe sigemptyset(&signals)
  for signal in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, signal) }
  // Threads that are made from here on have them blocked, too.
  unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
  let waited = signals
  DispatchQueue(label: "signals").async {
    var waited = waited
    var signal: Int32 = 0
    unsafe sigwait(&waited, &signal)
    end()
  }
}

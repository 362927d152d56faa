internal import Glibc

/// Runs a program with this process's own terminal and waits for it; its exit code, or 127 where
/// it cannot be started.
///
/// Not Foundation's `Process`: an editor must stay in our process group to own the terminal.
func runProgram(_ arguments: [String], environment: [String: String]) -> Int32 {
  var process = pid_t()
  let started = unsafe withCStrings(arguments) { argv in
    unsafe withCStrings(environment.map { "\($0)=\($1)" }) { envp in
      unsafe posix_spawnp(&process, arguments[0], nil, nil, argv, envp)
    }
  }
  guard started == 0 else { return 127 }
  var status: Int32 = 0
  while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
  let signal = status & 0x7F
  return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
}

/// Runs a program with text as its input and returns what it printed; `nil` where it failed.
func outputOfProgram(_ arguments: [String], input: String, environment: [String: String])
  -> String?
{
  var toChild: [Int32] = [0, 0]
  var fromChild: [Int32] = [0, 0]
  guard unsafe pipe2(&toChild, O_CLOEXEC) == 0 else { return nil }
  guard unsafe pipe2(&fromChild, O_CLOEXEC) == 0 else {
    close(toChild[0])
    close(toChild[1])
    return nil
  }
  defer { close(fromChild[0]) }
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  unsafe posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
  unsafe posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
  var process = pid_t()
  let started = unsafe withCStrings(arguments) { argv in
    unsafe withCStrings(environment.map { "\($0)=\($1)" }) { envp in
      unsafe posix_spawnp(&process, arguments[0], &actions, nil, argv, envp)
    }
  }
  close(toChild[0])
  close(fromChild[1])
  guard started == 0 else {
    close(toChild[1])
    return nil
  }
  // The inputs are a few lines, far below what a pipe holds, so this cannot block.
  let bytes = Array(input.utf8.prefix(4_096))
  _ = unsafe bytes.withUnsafeBytes { unsafe write(toChild[1], $0.baseAddress, $0.count) }
  close(toChild[1])
  let output = readAll(fromChild[0], limit: 65_536)
  var status: Int32 = 0
  while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
  return status == 0 ? String(decoding: output, as: UTF8.self) : nil
}

/// Everything that can be read from a descriptor, up to a limit.
func readAll(_ descriptor: Int32, limit: Int) -> [UInt8] {
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while bytes.count < limit {
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe read(descriptor, $0.baseAddress, $0.count)
    }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { break }
    bytes += buffer.prefix(count)
  }
  return bytes
}

private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = unsafe strings.map { unsafe strdup($0) }
  unsafe pointers.append(nil)
  defer { for unsafe pointer in unsafe pointers { unsafe free(pointer) } }
  return unsafe pointers.withUnsafeBufferPointer { buffer in
    guard let start = unsafe buffer.baseAddress else { preconditionFailure("it holds a nil") }
    return unsafe body(start)
  }
}

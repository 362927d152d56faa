internal import CLinux
internal import Glibc

/// Where a watcher is asked whether it knows of all that was done before the question.
///
/// A question and its answer are one message each. Only processes of the same user are heard, and
/// only of the same user are answers believed.
public final class WatchSocket {
  private let socket: Descriptor
  private let folder: Descriptor

  /// What can be waited for with poll(2).
  public var descriptor: Int32 { socket.number }

  /// Opens the place in a folder, instead of one that a killed watcher left.
  ///
  /// Whoever calls this holds the watcher's lock.
  public init(in path: String) throws(VaultError) {
    folder = Descriptor(unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    if folder.number < 0 { throw .system(operation: "open", path: path, errno: errno) }
    unsafe unlinkat(folder.number, Self.name, 0)
    socket = Descriptor(unsafe notes_message_socket(Self.place(in: folder), 1))
    if socket.number < 0 {
      throw .system(operation: "listen in", path: path, errno: errno)
    }
  }

  deinit {
    if socket.number >= 0 { unsafe unlinkat(folder.number, Self.name, 0) }
  }

  /// Answers the next who asks, if anybody does.
  public func answer(_ isSo: (_ question: String) -> Bool) {
    let caller = Descriptor(notes_accept(socket.number))
    guard caller.number >= 0, notes_peer_user(caller.number) == Int64(geteuid()),
      let question = Self.receive(caller, patience: 50)
    else { return }
    Self.send(isSo(question) ? "yes" : "no", caller)
  }

  /// Asks the watcher of a folder, if there is one; no answer in time is a no.
  ///
  /// `patience` is in milliseconds.
  public static func ask(_ question: String, in path: String, patience: Int32) -> Bool {
    let folder = Descriptor(unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    guard folder.number >= 0 else { return false }
    let socket = Descriptor(unsafe notes_message_socket(place(in: folder), 0))
    guard socket.number >= 0, notes_peer_user(socket.number) == Int64(geteuid()) else {
      return false
    }
    send(question, socket)
    return receive(socket, patience: patience) == "yes"
  }

  private static let name = "socket"

  /// By the open folder, since a socket's path has room for 107 bytes only.
  private static func place(in folder: borrowing Descriptor) -> String {
    "/proc/self/fd/\(folder.number)/\(name)"
  }

  private static func send(_ text: String, _ socket: borrowing Descriptor) {
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.send(socket.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
  }

  private static func receive(_ socket: borrowing Descriptor, patience: Int32) -> String? {
    var wait = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&wait, 1, patience) == 1 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe recv(socket.number, $0.baseAddress, $0.count, 0)
    }
    return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }
}

@available(*, unavailable)
extension WatchSocket: Sendable {}

internal import HummingbirdCore
internal import NIOCore
internal import Synchronization

/// Tells open pages that something changed.
final class Changes: Sendable {
  private struct State {
    var count = 0
    var readers: [Int: AsyncStream<Void>.Continuation] = [:]
    var next = 0
    var isClosed = false
  }

  private let state = Mutex(State())

  /// How often a silent connection gets a line, so that one whose page is gone is found out.
  private static let pause = Duration.seconds(15)

  func announce() {
    state.withLock { state in
      state.count += 1
      for reader in state.readers.values { reader.yield() }
    }
  }

  /// Lets all pages go, those that come later among them.
  func close() {
    state.withLock { state in
      state.isClosed = true
      for reader in state.readers.values { reader.finish() }
    }
  }

  /// A line for each change, and a comment now and then.
  func body() -> ResponseBody {
    ResponseBody { writer in
      let (number, wakes) = self.enter()
      let ticking = Task {
        while !Task.isCancelled {
          try await Task.sleep(for: Self.pause)
          self.wake(number)
        }
      }
      defer {
        ticking.cancel()
        self.leave(number)
      }
      try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
      var told = self.count
      for await _ in wakes {
        let count = self.count
        // Changes that came close together are one line.
        try await writer.write(ByteBuffer(string: count == told ? ":\n\n" : "data: changed\n\n"))
        told = count
      }
      try await writer.finish(nil)
    }
  }

  private var count: Int { state.withLock { $0.count } }

  private func enter() -> (Int, AsyncStream<Void>) {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    return state.withLock { state in
      state.next += 1
      state.readers[state.next] = continuation
      if state.isClosed { continuation.finish() }
      return (state.next, stream)
    }
  }

  private func wake(_ number: Int) { state.withLock { _ = $0.readers[number]?.yield() } }

  private func leave(_ number: Int) {
    state.withLock { state in state.readers.removeValue(forKey: number)?.finish() }
  }
}

internal import Dispatch
internal import Synchronization

/// Hands things from the thread that makes them to the one that takes them, in their order.
///
/// Who makes them is a little ahead and then waits, so that what is in flight is bounded: there are
/// some places, and what is large takes more than one.
public final class Handover<Element: Sendable>: Sendable {
  private struct Flight {
    var waiting: [(element: Element?, places: Int)] = []
    var isOver = false
  }

  private let places: Int
  private let flight = Mutex(Flight())
  private let isStopped = Atomic(false)
  /// It starts at 0: Dispatch traps when one that started higher goes while places are taken.
  private let room = DispatchSemaphore(value: 0)
  private let supply = DispatchSemaphore(value: 0)

  /// Makes room for so many.
  public init(places: Int) {
    self.places = places
    for _ in 0..<places { room.signal() }
  }

  /// Hands something over, once there is room; false where nobody takes any more.
  ///
  /// It is for the thread that makes them.
  public func put(_ element: Element, places wanted: Int = 1) -> Bool {
    send(element, places: min(max(1, wanted), places))
  }

  /// Says that nothing follows.
  public func finish() { _ = send(nil, places: 1) }

  private func send(_ element: Element?, places: Int) -> Bool {
    if isStopped.load(ordering: .relaxed) { return false }
    for _ in 0..<places { room.wait() }
    if isStopped.load(ordering: .relaxed) { return false }
    flight.withLock { $0.waiting.append((element, places)) }
    supply.signal()
    return true
  }

  /// The next one; `nil` once nothing follows.
  ///
  /// It is for the thread that takes them.
  public func next() -> Element? {
    if flight.withLock(\.isOver) { return nil }
    supply.wait()
    let next = flight.withLock { flight in
      let next = flight.waiting.removeFirst()
      flight.isOver = next.element == nil
      return next
    }
    for _ in 0..<next.places { room.signal() }
    return next.element
  }

  /// Takes no more, so that who makes them comes to an end.
  public func stop() {
    isStopped.store(true, ordering: .relaxed)
    for _ in 0..<places { room.signal() }
  }
}

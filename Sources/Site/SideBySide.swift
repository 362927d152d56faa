internal import Dispatch
internal import Synchronization

extension Array where Element: Sendable {
  /// The results of a function for each element, in order, worked out on all processors.
  func mapSideBySide<Result: Sendable>(_ function: @Sendable (Element) -> Result) -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { place in
      let result = function(self[place])
      results.withLock { $0[place] = result }
    }
    return results.withLock { $0 }.compactMap(\.self)
  }
}

/// Something that is worked out on another thread until it is asked for.
final class Later<Value: Sendable>: Sendable {
  private let group = DispatchGroup()
  private let made = Mutex<Value?>(nil)

  /// Begins to work it out.
  init(_ make: @escaping @Sendable () -> Value) {
    DispatchQueue.global().async(group: group) { [self] in
      let value = make()
      made.withLock { $0 = value }
    }
  }

  /// What it is, once it is there.
  var value: Value {
    group.wait()
    guard let value = made.withLock(\.self) else { preconditionFailure("it was not worked out") }
    return value
  }
}

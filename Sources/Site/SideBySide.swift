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

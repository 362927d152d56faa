/// Reading one thing after another at one's own pace.
extension Session {
  /// Shows the things of a list one at a time, from one of them on: Enter goes on, `b` back, a number
  /// to that one, `q` ends.
  func read(
    _ count: Int, from start: Int, _ show: (_ place: Int) throws -> Void
  ) throws -> ExitStatus {
    var place = start
    while place < count {
      try show(place)
      if place == count - 1 { break }
      console.warn(
        StyledText("[\(place + 1) of \(count)]  Enter: next, b: back, a number, q: end", .dim))
      switch readLine()?.trimmingPrefix(while: \.isWhitespace) {
      case nil, "q"?: return .done
      case "b"?: place = max(0, place - 1)
      case let typed?:
        if let number = Int(typed) {
          place = min(max(1, number), count) - 1
        } else {
          place += 1
        }
      }
    }
    return .done
  }
}

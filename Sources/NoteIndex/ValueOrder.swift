internal import GRDB
internal import Markup
internal import Vault

/// `value_order(value, bound, from, before)`: -1 where a value of the front matter comes before what
/// was typed, 0 where it is that, 1 where it comes after.
///
/// Two numbers are compared as numbers, a date with the days that were meant, and all else as text
/// in any case.
let valueOrder = DatabaseFunction("value_order", argumentCount: 4, pure: true) { values in
  guard let value = String.fromDatabaseValue(values[0]),
    let bound = String.fromDatabaseValue(values[1])
  else { return nil }
  if let left = number(value), let right = number(bound) { return order(left, right) }
  if let from = Int64.fromDatabaseValue(values[2]), let before = Int64.fromDatabaseValue(values[3]),
    let date = DateText(value)
  {
    let second = Int64(date.secondsSince1970)
    return second < from ? -1 : second < before ? 0 : 1
  }
  return order(folded(value), folded(bound))
}

/// `fold(text)`: the text as texts are compared in any case and spelling.
let foldedText = DatabaseFunction("fold", argumentCount: 1, pure: true) { values in
  String.fromDatabaseValue(values[0]).map(folded)
}

private func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
  left < right ? -1 : left == right ? 0 : 1
}

/// A decimal number, not `nan`, `inf` or `0x10`.
private func number(_ text: String) -> Double? {
  guard text.utf8.count <= 64, text.utf8.allSatisfy({ $0 != 0x78 && $0 != 0x58 }),
    let number = Double(text), number.isFinite
  else { return nil }
  return number
}

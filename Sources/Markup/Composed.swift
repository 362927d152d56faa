@_spi(_Unicode) internal import Swift

extension String {
  /// The text with one spelling for each character (Unicode's form NFC).
  public var composed: String {
    if utf8.allSatisfy({ $0 < 0x80 }) { return self }
    var scalars = String.UnicodeScalarView()
    for scalar in _nfc { scalars.append(scalar) }
    return String(scalars)
  }
}

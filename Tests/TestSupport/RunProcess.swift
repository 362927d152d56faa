import Foundation

/// What a finished process printed and how it ended.
public struct ProcessResult: Sendable {
  /// The exit status, or 128 plus the signal's number.
  public let status: Int32
  /// What it wrote to standard output.
  public let output: String
  /// What it wrote to standard error.
  public let errors: String
}

/// Runs a program to its end and returns what it printed; a program that cannot be started is an error.
///
/// Both streams go to files, so that neither fills a pipe while the other is read.
@discardableResult
public func runProcess(
  _ arguments: [String], in folder: String? = nil, environment: [String: String]? = nil,
  input: String? = nil
) throws -> ProcessResult {
  let scratch = TemporaryFolder()
  try scratch.write(input ?? "", to: "in")
  try scratch.write("", to: "out")
  try scratch.write("", to: "err")
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = arguments
  if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
  if let environment { process.environment = environment }
  process.standardInput = try FileHandle(
    forReadingFrom: scratch.url.appendingPathComponent("in"))
  process.standardOutput = try FileHandle(
    forWritingTo: scratch.url.appendingPathComponent("out"))
  process.standardError = try FileHandle(
    forWritingTo: scratch.url.appendingPathComponent("err"))
  try process.run()
  process.waitUntilExit()
  let signal = process.terminationReason == .uncaughtSignal
  return ProcessResult(
    status: signal ? 128 + process.terminationStatus : process.terminationStatus,
    output: try scratch.read("out"), errors: try scratch.read("err"))
}

internal import FoundationEssentials
internal import Markup
internal import Site
internal import Synchronization
internal import Vault

/// What sets formulas and colours code: KaTeX (by node) and Pygments (by python3), each as one process
/// for a whole publish, where they are installed; else formulas become MathML of our own, and code stays
/// plain.
///
/// Both programs are this machine's own: nothing that a vault brings along is run, and a text only goes
/// through their input.
final class PageWorkers: Sendable {
  private let katex: PageWorker?
  private let native: NativeMath?
  private let pygments: PageWorker?
  private let trial: TextTrial

  /// KaTeX, as Debian's package `libjs-katex` has it.
  private static let katexFolder = "/usr/share/javascript/katex"

  private static let mathStyle = "katex/katex.min.css"
  private static let display = "<span class=\"katex-display\">"

  /// Looks for what the settings want.
  ///
  /// - Throws: a `Failure` where they insist on what is not there.
  init(_ settings: SiteSettings, environment: [String: String], program: String?) throws {
    trial = TextTrial(program: program, environment: environment)
    let path = environment["PATH"] ?? ""
    let script = Self.katexFolder + "/katex.js"
    let hasKatex = findProgram("node", in: path) != nil && StateFile(script).exists
    if settings.math == .katex, !hasKatex {
      throw Failure(
        "'site: math' is katex, and KaTeX is not there", hint: "apt install nodejs libjs-katex")
    }
    let usesKatex = hasKatex && (settings.math ?? .katex) == .katex
    native = usesKatex || settings.math == .tex ? nil : NativeMath()
    katex =
      usesKatex
      ? PageWorker(
        "exec node -e \"$NOTES_WORKER\"", script: PackageResources.katex_js,
        environment: environment.merging(["NOTES_KATEX": script]) { _, new in new }) : nil
    var pygments: PageWorker?
    if settings.code != .plain, findProgram("python3", in: path) != nil {
      pygments = PageWorker(
        "exec python3 -c \"$NOTES_WORKER\"", script: PackageResources.highlight_py,
        environment: environment)
    }
    if settings.code == .pygments, pygments?.html(of: "x = 1", "python") == nil {
      throw Failure(
        "'site: code' is pygments, and Pygments is not there", hint: "apt install python3-pygments")
    }
    self.pygments = pygments
  }

  /// What a site sets its formulas and colours its code with.
  var tools: PageTools {
    var tools = PageTools()
    if let katex {
      tools.formula = { tex, isDisplay in
        // A formula wider than the page is scrolled, by keys once it has the focus.
        katex.html(of: tex, isDisplay ? "display" : "text").map { html in
          html.hasPrefix(Self.display)
            ? Self.display.dropLast() + " tabindex=\"0\">" + html.dropFirst(Self.display.count)
            : html
        }
      }
      tools.mathStyle = Self.mathStyle
      tools.mathFiles = Self.mathFiles
    } else if let native {
      tools.formula = native.html
    }
    if let pygments { tools.highlight = { pygments.html(of: $0, $1) } }
    tools.trial = { [trial] in trial.isBearable($0) }
    return tools
  }

  /// Formulas that could not be set, with the reason.
  var unset: [(text: String, why: String)] { katex?.failures ?? native?.failures ?? [] }

  /// The style sheet and the fonts of formulas.
  ///
  /// Of the three forms that the style sheet names each font in, browsers of the last ten years load
  /// the first, so the others are left out.
  @Sendable private static func mathFiles() -> [SiteFile] {
    guard let style = try? StateFile(katexFolder + "/katex.min.css").read() else { return [] }
    let css = String(decoding: style, as: UTF8.self)
      .replacing(/,url\([^)]*\)\s*format\(['"](woff|truetype)['"]\)/, with: "")
    let fonts = StateFile.names(in: katexFolder + "/fonts").filter { $0.hasSuffix(".woff2") }
    return [SiteFile(path: mathStyle, bytes: Array(css.utf8))]
      + fonts.compactMap { name in
        (try? StateFile(katexFolder + "/fonts/" + name).read()).flatMap { $0 }
          .map { SiteFile(path: "katex/fonts/" + name, bytes: $0) }
      }
  }
}

/// Formulas as MathML, without any other program.
private final class NativeMath: Sendable {
  private let unset = Mutex<[String: String]>([:])

  @Sendable func html(of tex: String, isDisplay: Bool) -> String? {
    do throws(MathML.Fault) {
      let element = try MathML.element(of: tex, isDisplay: isDisplay)
      // One wider than the page is scrolled, by keys once it has the focus.
      return isDisplay ? "<span class=\"math-display\" tabindex=\"0\">\(element)</span>" : element
    } catch {
      unset.withLock { $0[tex] = error.words }
      return nil
    }
  }

  var failures: [(text: String, why: String)] {
    unset.withLock { $0.sorted { $0.key < $1.key }.map { (text: $0.key, why: $0.value) } }
  }
}

/// A process that makes HTML of one kind of text, and remembers what it made.
private final class PageWorker: Sendable {
  private struct Request: Encodable, Hashable {
    let text: String
    let option: String
  }

  private struct Answer: Decodable {
    let html: String?
    let error: String?
  }

  private struct State {
    // It is asked by one thread at a time, under the lock.
    var process: LineProcess?
    var isGone = false
    var known: [Request: String?] = [:]
    var failures: [(text: String, why: String)] = []
  }

  private let command: String
  private let environment: [String: String]
  private let state = Mutex(State())

  /// How long one text may take, in milliseconds.
  private static let patience: Int64 = 10_000
  /// A text above so many bytes is not asked for.
  private static let longest = 200_000

  init(_ command: String, script: [UInt8], environment: [String: String]) {
    self.command = command
    self.environment = environment.merging(
      ["NOTES_WORKER": String(decoding: script, as: UTF8.self)]
    ) { _, new in new }
  }

  var failures: [(text: String, why: String)] { state.withLock { $0.failures } }

  /// The HTML of a text; `nil` where it has none for it.
  func html(of text: String, _ option: String) -> String? {
    let request = Request(text: text, option: option)
    return state.withLock { state in
      if let known = state.known[request] { return known }
      guard !state.isGone, text.utf8.count <= Self.longest else { return nil }
      do throws(LineFault) {
        let answer = try ask(request, &state)
        if let error = answer.error { state.failures.append((text, error)) }
        state.known[request] = .some(answer.html)
        return answer.html
      } catch {
        // One that ended or hangs is not asked again: what it would have made stays plain.
        state.process?.end()
        state.process = nil
        state.isGone = true
        return nil
      }
    }
  }

  private func ask(_ request: Request, _ state: inout State) throws(LineFault) -> Answer {
    if state.process == nil { state.process = try LineProcess(command, environment: environment) }
    guard let process = state.process, let line = try? JSONEncoder().encode(request) else {
      throw LineFault(words: "it cannot be asked")
    }
    process.outgoing += [UInt8](line) + [0x0A]
    let deadline = LineProcess.now + Self.patience
    while true {
      if let line = process.nextLine() {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(line)) else {
          throw LineFault(words: "it printed what is no answer")
        }
        return answer
      }
      let left = deadline - LineProcess.now
      guard left > 0, try process.exchange(wait: Int32(clamping: left)) else {
        throw LineFault(words: "it gave no answer")
      }
    }
  }

  deinit { state.withLock { $0.process?.end() } }
}

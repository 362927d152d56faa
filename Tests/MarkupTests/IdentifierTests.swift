import Markup
import Testing

@Suite struct IdentifierTests {
  @Test(
    "a word of a query is searched whole and by its parts",
    arguments: [
      ("dropout", [["dropout"]]), ("attnDropout", [["attndropout"], ["attn", "dropout"]]),
      ("attn_dropout", [["attn", "dropout"], ["attndropout"]]),
      ("HTTPServer2", [["httpserver2"], ["http", "server", "2"]]),
      ("GPT-4", [["gpt", "4"], ["gpt4"]]), ("gpt4", [["gpt4"], ["gpt", "4"]]),
      ("C++", [["cplusplus"]]), ("g++", [["gplusplus"]]), ("C#", [["csharp"]]),
      ("F#", [["fsharp"]]),
      (".NET", [["dotnet"]]), ("C++17", [["c", "17"], ["cplusplus"]]),
      ("torch.nn.Linear", [["torch", "nn", "linear"]]),
      ("encoder/decoder", [["encoder", "decoder"]]),
      ("@vaswani2017attention", [["vaswani2017attention"], ["vaswani", "2017", "attention"]]),
      ("2106.09685", [["2106", "09685"]]),
      ("arXiv:2106.09685v2", [["arxiv", "2106", "09685v2"], ["2106", "09685"]]),
      ("10.1000/xyz-1", [["10", "1000", "xyz", "1"]]), ("résumé", [["resume"]]),
      ("https://a.org/x", [["https", "a", "org", "x"]]), ("", []), ("++", []),
      ("机器学习", [["机器", "器学", "学习"]]), ("state-of-art", [["state", "of", "art"], ["stateofart"]]),
    ])
  func alternatives(text: String, expected: [[String]]) {
    #expect(Identifiers.alternatives(of: text) == expected)
  }

  @Test(
    "the parts of a note's text are derived words",
    arguments: [
      ("plain words, don't 12 ABC Abc", ""), ("attnDropout", "attn dropout"),
      ("attn_dropout", "attndropout"), ("getHTTP_url2", "get http url 2 gethttpurl2"),
      ("a well-known e-mail", ""), ("GPT-4 covid-19", "gpt4 covid19"), ("2025-06-01", ""),
      ("C++ and C#, .NET g++ C++17", "cplusplus csharp dotnet gplusplus cplusplus"),
      ("example.net a# i+++j", ""), ("@vaswani2017attention", "vaswani 2017 attention"),
      ("2106.09685v2 2106.09685", "09685 v 2 2106 09685"),
      ("a1b2c3d4e5f6", ""), ("`attn-dropout` `a-b` `x-1`", "x1 attndropout"),
      ("```\nattn-dropout x-1 a-b\n```", "attndropout x1"), ("使用PyTorch框架", "py torch 使 用 框 架"),
      ("$\\text{softmax}(ab)$", "softmax"), ("# The resnet50 \n", "resnet 50"),
    ])
  func parts(text: String, expected: String) {
    let words = Document(text).searchWords(titles: [])
    #expect(words.parts.words.joined(separator: " ") == expected)
  }

  @Test("a compound that is too long has no parts")
  func long() {
    let name = String(repeating: "aB", count: 500_000)
    #expect(Document(name).searchWords(titles: []).parts.count == 0)
    #expect(Identifiers.alternatives(of: name).count == 1)
    let chain = String(repeating: "a-", count: 500_000)
    #expect(Document("```\n" + chain).searchWords(titles: []).parts.count == 0)
    #expect(Identifiers.alternatives(of: chain).count == 1)
  }
}

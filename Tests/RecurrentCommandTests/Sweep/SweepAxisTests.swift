import ArgumentParser
import Recurrent
import Testing

@testable import RecurrentCommand

/// Options that are swept over, as they are typed.
struct SweepAxisTests {
  private func axis(_ text: String, isDrawn: Bool = false) throws -> SweepAxis {
    try SweepAxis(text, isDrawn: isDrawn)
  }

  @Test func `every setting of a recipe can be swept`() throws {
    let settings = Recipe().settings.map { String($0.option.dropFirst(2)) }
    let names = SweptOption.all.map(\.name)
    #expect(Set(names).subtracting(settings) == ["preset", "bidirectional"])
    #expect(Set(settings).subtracting(names) == [])
    #expect(Set(names).count == names.count)
  }

  @Test func `every option takes its values as train does`() throws {
    let words = [
      "preset": "accurate", "cell": "gru", "init": "keras", "optimizer": "adamw",
      "schedule": "cosine", "precision": "float32", "augment": "affine:rotate=15,shift=0.1",
      "read": "patches:4", "merge": "sum", "summary": "mean",
    ]
    var all = try RecipeChoices.parse([])
    var arguments: [String] = []
    for option in SweptOption.all {
      let value =
        switch option.kind {
        case .wholeNumber: "1"
        case .number: "0.25"
        case .flag: "true"
        case .word: try #require(words[option.name])
        }
      var one = all
      #expect(option.take("default", in: &one))
      #expect(!option.take("nonsense", in: &one), "\(option.name)")
      #expect(option.take(value, in: &all))
      arguments += option.words(for: value)
    }
    // In one command: reading one takes long.
    let parsed = try RecipeChoices.parse(arguments)
    #expect("\(all)" == "\(parsed)")
    #expect(parsed.choices.changes.augment.count == 1 && parsed.structure.cellZoneout == 0.25)
    for option in SweptOption.all { #expect(option.take("default", in: &all)) }
    #expect("\(all)" == "\(try RecipeChoices.parse([]))")
  }

  @Test func `values are separated by commas, or by slashes where they hold some`() throws {
    #expect(try axis("hidden=32,64").list == ["32", "64"])
    #expect(try axis("hidden=64/64,64").list == ["64", "64,64"])
    #expect(
      try axis("augment=default/affine:rotate=15,shift=0.1").list
        == ["default", "affine:rotate=15,shift=0.1"]
    )
    #expect(try axis("residual=true,false").option.words(for: "true") == ["--residual"])
    #expect(try axis("residual=true,false").option.words(for: "false") == ["--no-residual"])
    #expect(try axis("clip=default,0").option.words(for: "default") == [])
    #expect(try axis("clip=0").option.words(for: "0") == ["--clip=0"])
    #expect(try axis("cell=lstm,gru").argument == "cell=lstm,gru")
  }

  @Test func `ranges are of numbers, whole ones where the option is`() throws {
    let rate = try axis("learning-rate=0.0001..0.1:log", isDrawn: true)
    let hidden = try axis("hidden=16..18", isDrawn: true)
    #expect(rate.count == nil && hidden.count == 3)
    guard case .range(let range) = rate.values else {
      Issue.record("it is a range")
      return
    }
    #expect(range.bounds == 0.0001...0.1 && range.isLogarithmic && !range.areWhole)
    var stream = RandomStream(seed: 3, purpose: .testing)
    var drawn: [String: Int] = [:]
    for _ in 0..<3_000 { drawn[hidden.draw(from: &stream), default: 0] += 1 }
    #expect(Set(drawn.keys) == ["16", "17", "18"])
    #expect(drawn.values.allSatisfy { abs($0 - 1_000) < 120 }, "\(drawn)")
  }

  @Test func `equal ratios are equally likely in a logarithmic range`() throws {
    let rate = try axis("learning-rate=0.0001..0.1:log", isDrawn: true)
    var stream = RandomStream(seed: 4, purpose: .testing)
    let drawn = try (0..<3_000).map { _ in
      let text = rate.draw(from: &stream)
      #expect(text.count { $0.isNumber } <= 12, "\(text)")
      return try #require(Double(text))
    }
    #expect(drawn.allSatisfy { (0.0001...0.1).contains($0) })
    for decade in [0.0001, 0.001, 0.01] {
      let count = drawn.count { (decade..<decade * 10).contains($0) }
      #expect(abs(count - 1_000) < 120, "\(decade): \(count)")
    }
    let whole = try axis("hidden=1..1000:log", isDrawn: true)
    let sizes = try (0..<3_000).map { _ in try #require(Int(whole.draw(from: &stream))) }
    #expect(sizes.allSatisfy { (1...1_000).contains($0) })
    #expect(abs(sizes.count { $0 < 32 } - 1_500) < 150)
  }

  @Test(arguments: [
    ("hidden", "write an option and its values, such as"),
    ("hiden=3,4", "'hiden', which cannot be swept; use preset, cell, hidden, "),
    ("--hidden=3,4", "'--hidden', which cannot be swept"),
    ("hidden=", "hidden has no values"),
    ("hidden=3,,4", "hidden has an empty value in '3,,4'"),
    ("hidden=3,3", "hidden has 3 twice"),
    ("learning-rate=0.1,0.10", "learning-rate has 0.10 twice"),
    ("residual=yes,no", "residual has 'yes'; use true,false"),
  ])
  func `what cannot be swept is refused`(text: String, part: String) throws {
    for isDrawn in [false, true] {
      let error = #expect(throws: ValidationError.self) { try axis(text, isDrawn: isDrawn) }
      let message = try #require(error?.message)
      #expect(message.hasPrefix(isDrawn ? "--draw " : "--over ") && message.contains(part))
    }
  }

  @Test(arguments: [
    ("hidden=5..5", "the low end must be below the high"),
    ("hidden=9..5", "the low end must be below the high"),
    ("hidden=1.5..3", "its ends must be whole numbers"),
    ("dropout=0..1:log", "a logarithm needs a low end above 0"),
    ("dropout=..1", "write a range as low..high or low..high:log"),
    ("dropout=0..1:linear", "write a range as low..high or low..high:log"),
    ("dropout=0..inf", "write a range as low..high or low..high:log"),
    ("hidden=1..1e99", "its ends must be whole numbers"),
    ("cell=a..b", "cell has no numbers to draw between"),
  ])
  func `what cannot be drawn from is refused`(text: String, part: String) throws {
    let error = #expect(throws: ValidationError.self) { try axis(text, isDrawn: true) }
    #expect(try #require(error?.message).contains(part))
  }

  @Test func `a range is not for a grid`() throws {
    let error = #expect(throws: ValidationError.self) { try axis("hidden=1..3") }
    #expect(try #require(error?.message).contains("a range is for --draw"))
  }
}

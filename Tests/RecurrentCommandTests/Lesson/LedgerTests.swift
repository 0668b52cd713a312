import Testing

@testable import RecurrentCommand

struct LedgerTests {
  @Test func `an entry says the formula in names, in numbers, and what it comes to`() {
    var ledger = Ledger()
    ledger.give("a", 2)
    ledger.give("b", -0.5)
    ledger.head("A product")
    ledger.enter("c", .product([ledger.term("a"), ledger.term("b")]))
    ledger.enter("d", ledger.term("c"))
    #expect(
      ledger.takeLines() == [
        "A product", "  c = a·b = 2·(-0.5) = -1.000000", "  d = c = -1.000000",
      ]
    )
    #expect(ledger["d"].value == -1)
    #expect(ledger.takeLines() == [])
  }

  @Test func `a long entry takes lines of their own, none too long, and loses no term`() {
    var ledger = Ledger()
    let names = (1...12).map { "number\($0)" }
    for (index, name) in names.enumerated() { ledger.give(name, Double(index) - 5.25) }
    ledger.enter("sum", .sum(names.map { .product([ledger.term($0), ledger.term("number1")]) }))
    let lines = ledger.takeLines()
    #expect(lines.count > 4 && lines.allSatisfy { $0.count <= Ledger.width })
    let text = lines.joined(separator: "\n")
    for name in names { #expect(text.contains("\(name)·number1")) }
    #expect(text.hasSuffix("= -15.750000"))
    #expect(text.count { $0 == "=" } == 3)
  }

  @Test func `a number that was never entered is a mistake of the program`() async {
    await #expect(processExitsWith: .failure) {
      _ = Ledger()["nothing"]
    }
  }
}

import Recurrent

/// A number with a name.
struct Quantity {
  /// What formulas call it, such as "c1(2)".
  let name: String
  let value: Double
  /// Whether it is where a calculation begins, and no result; it is written as short as it is.
  var isGiven = false

  /// The number as it is written.
  var text: String { isGiven ? LessonNumbers.short(value) : LessonNumbers.sixPlaces(value) }
}

/// How a number is calculated from others: something to compute, and to write down in two ways.
indirect enum Formula {
  /// The functions of one number that a lesson needs.
  enum Function: String {
    case tanh
    case sigmoid = "σ"
    case exp
    case logarithm = "ln"

    func callAsFunction(_ x: Double) -> Double {
      switch self {
      case .tanh: LessonNumbers.tanh(x)
      case .sigmoid: LessonNumbers.sigmoid(x)
      case .exp: LessonNumbers.exp(x)
      case .logarithm: LessonNumbers.logarithm(x)
      }
    }
  }

  /// What stands for a quantity.
  enum Form {
    case names
    case numbers
  }

  case quantity(Quantity)
  case constant(Double)
  case sum([Formula])
  case difference(Formula, Formula)
  case product([Formula])
  case quotient(Formula, Formula)
  case square(Formula)
  case negative(Formula)
  case function(Function, Formula)

  var value: Double {
    switch self {
    case .quantity(let quantity): quantity.value
    case .constant(let number): number
    case .sum(let terms): terms.dropFirst().reduce(terms[0].value) { $0 + $1.value }
    case .difference(let whole, let part): whole.value - part.value
    case .product(let factors): factors.dropFirst().reduce(factors[0].value) { $0 * $1.value }
    case .quotient(let whole, let divisor): whole.value / divisor.value
    case .square(let root): root.value * root.value
    case .negative(let formula): -formula.value
    case .function(let function, let argument): function(argument.value)
    }
  }

  /// The formula in names, or with the numbers in their place.
  func text(_ form: Form) -> String { text(form, in: .whole) }

  /// What a part of a formula stands in, from what asks for no brackets to what asks for most.
  private enum Place: Int {
    case whole
    case term
    case factor
  }

  private func text(_ form: Form, in place: Place) -> String {
    switch self {
    case .quantity(let quantity):
      guard form == .numbers else { return quantity.name }
      return place != .whole && quantity.text.hasPrefix("-") ? "(\(quantity.text))" : quantity.text
    case .constant(let number):
      return LessonNumbers.short(number)
    case .sum(let terms):
      let text = terms.map { $0.text(form, in: .term) }.joined(separator: " + ")
      return bracketed(text, if: place != .whole)
    case .difference(let whole, let part):
      let text = "\(whole.text(form, in: .term)) - \(part.text(form, in: .term))"
      return bracketed(text, if: place != .whole)
    case .product(let factors):
      return factors.map { $0.text(form, in: .factor) }.joined(separator: "·")
    case .quotient(let whole, let divisor):
      return "\(whole.text(form, in: .factor))/\(divisor.text(form, in: .factor))"
    case .square(let root):
      return root.text(form, in: .factor) + "²"
    case .negative(let formula):
      return bracketed("-" + formula.text(form, in: .factor), if: place != .whole)
    case .function(let function, let argument):
      return "\(function.rawValue)(\(argument.text(form, in: .whole)))"
    }
  }

  private func bracketed(_ text: String, if isNeeded: Bool) -> String {
    isNeeded ? "(\(text))" : text
  }
}

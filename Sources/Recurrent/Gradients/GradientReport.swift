/// How far a model's gradients are from what they should be, parameter by parameter.
public struct GradientReport: Sendable {
  /// The element of a parameter whose gradient is furthest off.
  public struct Deviation: Sendable {
    /// The element's indices, one for each axis.
    public let indices: [Int]
    /// The gradient under test.
    public let value: Double
    /// What it is compared with.
    public let reference: Double
    /// How far the two may be apart.
    public let allowed: Double

    /// How far the two are apart; NaN if one of them is.
    public var error: Double { (value - reference).magnitude }
    /// Whether that is as near as it should be.
    public var isAllowed: Bool { error <= allowed }

    init(place: Int, shape: Shape, value: Double, reference: Double, allowed: Double) {
      indices = shape.indices(of: place)
      self.value = value
      self.reference = reference
      self.allowed = allowed
    }

    /// The one of two that is further off; NaN is furthest.
    func worse(than other: Deviation?) -> Deviation {
      guard let other else { return self }
      if other.error.isNaN || !other.isAllowed && isAllowed { return other }
      return error > other.error || error.isNaN || !isAllowed && other.isAllowed ? self : other
    }
  }

  /// What was found of one parameter.
  public struct Parameter: Sendable {
    /// The parameter's name.
    public let name: String
    /// Its shape.
    public let shape: Shape
    /// The largest magnitude of its gradient in double precision.
    public let largestGradient: Double
    /// The number of its elements that were compared with differences.
    public let comparedCount: Int
    /// How many of them were left out, as the loss has no derivative there.
    public let kinkCount: Int
    /// The worst element of the gradient in double precision, compared with central differences.
    public let toDifferences: Deviation?
    /// The worst element of the gradient in single precision, compared with that in double.
    public let singleToDouble: Deviation?

    /// Whether both comparisons are as near as they should be.
    public var passes: Bool {
      toDifferences?.isAllowed ?? true && singleToDouble?.isAllowed ?? true
    }
  }

  /// The loss, in double precision.
  public let loss: Double
  /// The parameters, in the model's order.
  public let parameters: [Parameter]

  /// Whether the loss came out in double precision; else an operation on its way has none.
  public let isDoublePrecision: Bool

  /// Whether every parameter's gradient is right.
  public var passes: Bool {
    loss.isFinite && isDoublePrecision && parameters.allSatisfy(\.passes)
  }
}

extension GradientReport: CustomStringConvertible {
  /// A table of the parameters, and a line that says which are off, where, and by how much.
  public var description: String { (lines + ["", verdict]).joined(separator: "\n") }

  /// One line: that all is right, or what is wrong.
  public var verdict: String {
    guard loss.isFinite else {
      return "The loss is \(Self.text(loss)): no gradient can be checked."
    }
    guard isDoublePrecision else {
      return "The loss is in single precision: an operation that leads to it has no other form."
    }
    let wrong = parameters.filter { !$0.passes }
    let kinks = parameters.reduce(0) { $0 + $1.kinkCount }
    let note =
      kinks == 0
      ? "" : " Left out: \(kinks) where the loss has a kink, as relu has at 0."
    guard let first = wrong.first else {
      return """
        All \(parameters.count) parameters have the right gradient: differences agree to \
        \(Self.short(worst(\.toDifferences))), single precision to \
        \(Self.short(worst(\.singleToDouble))) of the largest.\(note)
        """
    }
    let names = wrong.map(\.name).joined(separator: ", ")
    return """
      \(wrong.count) of \(parameters.count) wrong: \(names). \(Self.account(of: first))\(note)
      """
  }

  /// What is wrong with one parameter.
  private static func account(of parameter: Parameter) -> String {
    let comparisons = [
      (parameter.toDifferences, "the gradient", "central differences give"),
      (parameter.singleToDouble, "the gradient in single precision", "double precision gives"),
    ]
    for case (let deviation?, let subject, let verb) in comparisons where !deviation.isAllowed {
      let place = deviation.indices.isEmpty ? "" : "\(deviation.indices)"
      return """
        At \(parameter.name)\(place) \(subject) is \(text(deviation.value)) where \(verb) \
        \(text(deviation.reference)): \(short(deviation.error)) off, \(short(deviation.allowed)) allowed.
        """
    }
    return ""
  }

  private func worst(_ comparison: (Parameter) -> Deviation?) -> Double {
    parameters.reduce(0) { max($0, Self.relative(comparison($1), $1)) }
  }

  /// The error as a share of the parameter's largest gradient.
  private static func relative(_ deviation: Deviation?, _ parameter: Parameter) -> Double {
    guard let deviation, deviation.error != 0 else { return 0 }
    return deviation.error / parameter.largestGradient
  }

  /// The parameters as a table, errors as shares of each one's largest gradient.
  public var lines: [String] {
    let head = ["parameter", "shape", "compared", "largest", "differences", "single", ""]
    let rows = parameters.map { parameter in
      [
        parameter.name, "\(parameter.shape)",
        "\(parameter.comparedCount) of \(parameter.shape.count)",
        Self.short(parameter.largestGradient),
        Self.short(Self.relative(parameter.toDifferences, parameter)),
        Self.short(Self.relative(parameter.singleToDouble, parameter)),
        parameter.passes ? "right" : "WRONG",
      ]
    }
    let lines = [head] + rows
    let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { cells in
      let padded = cells.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column < 2 || column == cells.count - 1 ? cell + space : space + cell
      }
      return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
  }

  private static func text(_ number: Double) -> String { number.isNaN ? "NaN" : "\(number)" }

  /// A number with two digits and its power of ten, such as 3.1e-7.
  private static func short(_ number: Double) -> String {
    guard number.isFinite, number != 0 else { return number == 0 ? "0" : text(number) }
    var (digits, exponent) = (number.magnitude, 0)
    while digits >= 9.95 {
      digits /= 10
      exponent += 1
    }
    while digits < 0.995 {
      digits *= 10
      exponent -= 1
    }
    let tenths = Int((digits * 10).rounded())
    return "\(number < 0 ? "-" : "")\(tenths / 10).\(tenths % 10)e\(exponent)"
  }
}

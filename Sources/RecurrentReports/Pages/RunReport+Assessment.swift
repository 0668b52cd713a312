extension RunReport {
  /// How well one class was told from all others.
  public struct ClassMeasures: Sendable, Hashable {
    /// What the class is called.
    public var name: String
    /// The number of examples of the class.
    public var count: Int
    /// The share of those read as the class that are of it, from 0 to 1.
    public var precision: Double
    /// The share of the class's examples that were read as it, from 0 to 1.
    public var recall: Double
    /// The harmonic mean of precision and recall.
    public var f1: Double

    /// Creates the measures of a class.
    public init(name: String, count: Int, precision: Double, recall: Double, f1: Double) {
      self.name = name
      self.count = count
      self.precision = precision
      self.recall = recall
      self.f1 = f1
    }
  }

  /// What the result is to be compared with, and the measures of each class.
  var assessmentSection: String {
    guard !comparisons.isEmpty || !classMeasures.isEmpty else { return "" }
    let rows = comparisons.map { entry in
      "<tr><th scope=\"row\">\(MarkupText.escaped(entry.name))</th>"
        + "<td>\(MarkupText.escaped(entry.value))</td></tr>\n"
    }
    let table =
      rows.isEmpty ? "" : "<table class=\"entries\">\n\(rows.joined())</table>\n"
    return """
      <section aria-labelledby="assessment-heading">
      <h2 id="assessment-heading">How good that is</h2>
      <p class="note">Baselines answer without a model, from what the training examples are like.</p>
      \(table)\(classTable)</section>

      """
  }

  private var classTable: String {
    guard !classMeasures.isEmpty else { return "" }
    let columns = ["class", "examples", "precision", "recall", "F1"]
    let head = columns.map { "<th scope=\"col\">\($0)</th>" }.joined()
    let rows = classMeasures.map { measures in
      let cells = [
        NumberText.grouped(measures.count), NumberText.percent(measures.precision, places: 2),
        NumberText.percent(measures.recall, places: 2), NumberText.percent(measures.f1, places: 2),
      ].map { "<td>\(MarkupText.escaped($0))</td>" }.joined()
      return "<tr><th scope=\"row\">\(MarkupText.escaped(measures.name))</th>\(cells)</tr>\n"
    }
    return """
      <details class="epochs">
      <summary>Each class in numbers</summary>
      <div class="scroll" role="region" aria-label="Classes" tabindex="0">
      <table class="numbers">
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      </div>
      </details>

      """
  }
}

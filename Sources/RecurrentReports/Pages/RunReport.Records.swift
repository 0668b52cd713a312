extension RunReport {
  /// A named value, such as a setting.
  public struct Entry: Sendable, Hashable {
    /// What the value is called.
    public var name: String
    /// The value as it is to be shown.
    public var value: String

    /// Creates an entry.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What was measured after one epoch.
  public struct EpochRecord: Sendable, Hashable {
    /// The epoch's number, the first being 1.
    public var epoch: Int
    /// The mean cost over the epoch's training batches.
    public var averageCost: Double
    /// The share of training examples read rightly, from 0 to 1.
    public var trainingAccuracy: Double?
    /// The share of validation examples read rightly, from 0 to 1.
    public var validationAccuracy: Double?
    /// The mean cost of the validation examples.
    public var validationCost: Double?
    /// How long the epoch took, in seconds.
    public var seconds: Double?
    /// Training examples per second.
    public var examplesPerSecond: Double?
    /// The mean norm of the epoch's gradients, before any limit.
    public var gradientNorm: Double?
    /// The largest norm of the epoch's gradients, before any limit.
    public var largestGradientNorm: Double?
    /// The norm of the weights after the epoch.
    public var weightNorm: Double?
    /// The norms of the weights of each layer; empty if they are not known.
    public var layerNorms: [Double]

    /// Creates a record.
    public init(
      epoch: Int,
      averageCost: Double,
      trainingAccuracy: Double? = nil,
      validationAccuracy: Double? = nil,
      validationCost: Double? = nil,
      seconds: Double? = nil,
      examplesPerSecond: Double? = nil,
      gradientNorm: Double? = nil,
      largestGradientNorm: Double? = nil,
      weightNorm: Double? = nil,
      layerNorms: [Double] = []
    ) {
      self.epoch = epoch
      self.averageCost = averageCost
      self.trainingAccuracy = trainingAccuracy
      self.validationAccuracy = validationAccuracy
      self.validationCost = validationCost
      self.seconds = seconds
      self.examplesPerSecond = examplesPerSecond
      self.gradientNorm = gradientNorm
      self.largestGradientNorm = largestGradientNorm
      self.weightNorm = weightNorm
      self.layerNorms = layerNorms
    }
  }

  /// A part of the training, and how long it took.
  public struct TimePart: Sendable, Hashable {
    /// What was done.
    public var name: String
    /// How long it took.
    public var seconds: Double

    /// Creates a part.
    public init(name: String, seconds: Double) {
      self.name = name
      self.seconds = seconds
    }
  }

  /// The outcome on examples that played no part in training.
  public struct TestResult: Sendable, Hashable {
    /// The share of examples read rightly, from 0 to 1; nil where that is not what was measured.
    public var accuracy: Double?
    /// The mean cost.
    public var cost: Double?
    /// The number of examples, or of what else was counted.
    public var count: Int
    /// What was counted, such as "examples".
    public var unit: String

    /// Creates a result.
    public init(accuracy: Double?, cost: Double? = nil, count: Int, unit: String = "examples") {
      self.accuracy = accuracy
      self.cost = cost
      self.count = count
      self.unit = unit
    }
  }

  /// A passage of text, such as one that a model wrote.
  public struct Passage: Sendable, Hashable {
    /// What it is.
    public var heading: String
    /// How it came to be, in a sentence.
    public var note: String
    /// The text, line by line as it is to be shown.
    public var text: String

    /// Creates a passage.
    public init(heading: String, note: String, text: String) {
      self.heading = heading
      self.note = note
      self.text = text
    }
  }

  /// An example that was read wrongly.
  public struct Mistake: Sendable, Hashable {
    /// The example as a picture.
    public var image: GreyscaleImage
    /// The class the example belongs to.
    public var trueClass: Int
    /// The class it was taken for.
    public var predictedClass: Int
    /// How likely the model held the predicted class, from 0 to 1.
    public var predictedProbability: Double
    /// How likely the model held the true class, from 0 to 1.
    public var trueProbability: Double

    /// Creates a mistake.
    public init(
      image: GreyscaleImage,
      trueClass: Int,
      predictedClass: Int,
      predictedProbability: Double,
      trueProbability: Double
    ) {
      self.image = image
      self.trueClass = trueClass
      self.predictedClass = predictedClass
      self.predictedProbability = predictedProbability
      self.trueProbability = trueProbability
    }
  }
}

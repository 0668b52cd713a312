#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How a model is trained, whatever the model and the optimizer.
public struct TrainingOptions: Sendable {
  /// The number of examples in a step.
  public var batchSize: Int
  /// The number of epochs that the schedule is stretched over.
  public var epochs: Int
  /// What decides the order of the examples in every epoch.
  public var seed: UInt64
  /// The number of threads that share a step; the result does not depend on it.
  public var threads: Int
  /// The longest norm a gradient may have; nil for no limit.
  public var clipNorm: Float?
  /// Whether an epoch leaves out a last batch that is shorter than the others.
  public var dropsLastBatch: Bool
  /// How the learning rate changes.
  public var schedule: any Schedule
  /// How the products of built-in layers are computed; where this processor cannot, and in models
  /// with layers that are not built in, with 32-bit floats all the same.
  public var precision: Precision
  /// How examples are changed before they are read in training, anew in every epoch; nil for not.
  public var augmentation: Augmentation?

  /// Creates options.
  ///
  /// - Precondition: The numbers are at least 1, and the norm is positive.
  public init(
    batchSize: Int = 128,
    epochs: Int = 1,
    seed: UInt64 = 1,
    threads: Int = Self.availableThreads,
    clipNorm: Float? = nil,
    dropsLastBatch: Bool = false,
    schedule: any Schedule = ConstantRate(),
    precision: Precision = .float32,
    augmentation: Augmentation? = nil
  ) {
    require(
      batchSize > 0 && epochs > 0 && threads > 0 && clipNorm.map { $0 > 0 } ?? true,
      "training needs a batch size, epochs, threads and a clipping norm above 0"
    )
    self.batchSize = batchSize
    self.epochs = epochs
    self.seed = seed
    self.threads = threads
    self.clipNorm = clipNorm
    self.dropsLastBatch = dropsLastBatch
    self.schedule = schedule
    self.precision = precision
    self.augmentation = augmentation
  }

  /// The precision that this processor gives.
  var usedPrecision: Precision { precision.isSupported ? precision : .float32 }

  /// The number of processors this process may use.
  public static var availableThreads: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

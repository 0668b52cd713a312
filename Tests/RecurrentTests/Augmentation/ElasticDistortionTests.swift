import Foundation
import RecurrentTestSupport
import Testing

@testable import Recurrent

struct ElasticDistortionTests {
  private static let size = 64
  private static let margin = 14

  /// The displacements across of the middle of an image.
  ///
  /// A ramp from left to right becomes the column that each pixel came from, where that lies inside.
  private static func displacements(_ settings: ElasticDistortion, seed: UInt64) -> [[Double]] {
    let ramp = (0..<size * size).map { Float($0 % size + 1) }
    let dataset = SequenceDataset(
      elements: .floats(ramp),
      labels: [0],
      steps: size,
      features: size,
      classNames: ["only"]
    )
    let changed = dataset.values(
      ofExample: 0,
      augmentedBy: Augmentation([.elastic(settings)]),
      seed: seed,
      epoch: 1
    )
    return (margin..<size - margin).map { row in
      (margin..<size - margin).map { column in
        Double(changed[row * size + column]) - Double(column + 1)
      }
    }
  }

  // The source's field: α times uniform noise, smoothed, has the variance α² / (12πσ²) and the
  // covariance exp(−d² / 4σ²) of it over a distance d; the spline's is within 2.5 % of the variance.
  // The fields' variances scatter by some 6 %, 500 of them give their mean within 5 deviations of
  // 0.3 %.
  @Test(arguments: [(34, 4), (20, 3), (60, 6)] as [(Float, Float)])
  func `displacements have the variance and the covariance of the source`(
    alpha: Float,
    sigma: Float
  ) {
    let settings = ElasticDistortion(alpha: alpha, sigma: sigma)
    let variance = Double(alpha * alpha) / (12 * .pi * Double(sigma * sigma))
    let distances = [0, 1, 2, 3, 4, 6, 8, 10]
    var sums = [Double](repeating: 0, count: distances.count)
    let fields = (0..<500).map { Self.displacements(settings, seed: UInt64($0)) }
    let side = fields[0].count
    for field in fields {
      for (n, distance) in distances.enumerated() {
        var sum = 0.0
        for row in 0..<side - distance {
          for column in 0..<side - distance {
            let here = field[row][column]
            sum += here * (field[row + distance][column] + field[row][column + distance]) / 2
          }
        }
        sums[n] += sum / Double((side - distance) * (side - distance) * fields.count)
      }
    }
    for (n, distance) in distances.enumerated() {
      let share = exp(-Double(distance * distance) / Double(4 * sigma * sigma))
      #expect(
        abs(sums[n] / variance - share) < 0.045,
        "\(sums[n] / variance) at distance \(distance), not \(share)"
      )
    }
  }

  /// The uniform cubic B-spline.
  private static func spline(_ x: Double) -> Double {
    (pow(max(2 - abs(x), 0), 3) - 4 * pow(max(1 - abs(x), 0), 3)) / 6
  }

  @Test func `the spline's covariance is the Gaussian's within 2.5 % of the variance`() {
    func covariance(_ distance: Double) -> Double {
      let parts = 2_000
      return (0..<parts).reduce(0) { sum, n in
        let x = -2 + 4 * (Double(n) + 0.5) / Double(parts)
        let other = x + distance / 3.0.squareRoot()
        return sum + Self.spline(x) * Self.spline(other) * 4 / Double(parts)
      }
    }
    #expect(abs(covariance(0) - 2416.0 / 5040) < 1e-6)
    let distances = stride(from: 0.0, to: 8, by: 0.2)
    let shares = distances.map { covariance($0) / covariance(0) }
    let wanted = distances.map { exp(-$0 * $0 / 4) }
    for (a, b) in zip(shares, wanted) {
      for (c, d) in zip(shares, wanted) { #expect(abs(a * c - b * d) < 0.025) }
    }
  }

  @Test func `neighbours are displaced alike`() {
    let settings = ElasticDistortion(alpha: 34, sigma: 4)
    for seed in 0..<50 {
      let field = Self.displacements(settings, seed: UInt64(seed))
      for row in 1..<field.count {
        for column in 1..<field.count {
          let here = field[row][column]
          // A difference has the deviation 1.4 / (√2 · 4) = 0.25 pixels; six of them are 1.5.
          #expect(abs(here - field[row - 1][column]) < 1.5)
          #expect(abs(here - field[row][column - 1]) < 1.5)
        }
      }
    }
  }

  @Test func `an alpha of zero changes no bit`() {
    let values: [Float] = [0.5, -0.0, .infinity, 3, .nan, 1]
    let dataset = SequenceDataset(
      elements: .floats(values),
      labels: [0],
      steps: 2,
      features: 3,
      classNames: ["only"]
    )
    let got = dataset.values(
      ofExample: 0,
      augmentedBy: Augmentation([.elastic(ElasticDistortion(alpha: 0))]),
      seed: 1,
      epoch: 1
    )
    #expect(haveSameBits(got, values))
  }
}

/** What of the parameters decides how fast biases are learned. */
export interface PlaceBiasParams {
  readonly learning_rate: number;
  readonly lambdarank_position_bias_regularization: number;
}

/**
 * How much each place in a list is clicked on by itself, learned beside a ranking so that the model need not explain it.
 *
 * @see Wang et al. (2016), Learning to Rank with Selection Bias in Personal Search
 */
export class PlaceBiases {
  /** [places] raw score that a place adds. */
  private readonly biases: Float32Array;
  private readonly counts: Int32Array;

  /** @param position [rows] the place of each row, counted from 0. */
  constructor(
    private readonly position: Int32Array,
    private readonly params: PlaceBiasParams,
  ) {
    const places = position.reduce((most, place) => Math.max(most, place + 1), 0);
    this.biases = new Float32Array(places);
    this.counts = new Int32Array(places);
    for (const place of position) this.counts[place]++;
  }

  /** Returns the scores with the biases of their rows. */
  addedTo(scores: Float64Array): Float64Array {
    return scores.map((score, row) => score + this.biases[this.position[row]]);
  }

  /** Takes one Newton step for each place. */
  learn(gradients: Float32Array, hessians: Float32Array): void {
    const { biases, counts, position } = this;
    const { learning_rate, lambdarank_position_bias_regularization: l2 } = this.params;
    const first = new Float64Array(biases.length);
    const second = new Float64Array(biases.length);
    for (let row = 0; row < position.length; row++) {
      first[position[row]] -= gradients[row];
      second[position[row]] -= hessians[row];
    }
    for (let place = 0; place < biases.length; place++) {
      first[place] -= biases[place] * l2 * counts[place];
      second[place] -= l2 * counts[place];
      biases[place] += (learning_rate * first[place]) / (Math.abs(second[place]) + 0.001);
    }
  }
}

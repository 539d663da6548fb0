/** The tensor of T5's decoder's relative position biases, which are looked up outside the network. */
export const DECODER_BIAS = 'decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight';

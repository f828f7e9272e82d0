/**
 * Pictures with what is known of them, as fine-tuning and evaluation see them: an
 * {@link dev.panacea.ace.example.ExampleSet} of a public data set or of drawn X-rays, its
 * {@link dev.panacea.ace.example.Example}s with targets, masks and points, and the
 * {@link dev.panacea.ace.example.Placement} of a view on a picture, one affine map that pixels, masks and points all
 * follow. Start reading at {@link dev.panacea.ace.example.ExampleSet}.
 */
package dev.panacea.ace.example;

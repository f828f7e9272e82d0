/** Layers, one a file; their parameters have timm's names. Start at {@link dev.panacea.nn.layer.Mlp}. */
package dev.panacea.nn.layer;

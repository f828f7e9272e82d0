/** Whole networks: {@link dev.panacea.nn.model.SwinTransformer} and {@link dev.panacea.nn.model.VisionTransformer}. */
package dev.panacea.nn.model;

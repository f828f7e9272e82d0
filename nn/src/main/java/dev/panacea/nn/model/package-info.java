/**
 * Whole networks. Start at {@link dev.panacea.nn.model.Backbone}, which {@link dev.panacea.nn.model.SwinTransformer}
 * and {@link dev.panacea.nn.model.VisionTransformer} are; {@link dev.panacea.nn.model.Models} knows them by name.
 */
package dev.panacea.nn.model;

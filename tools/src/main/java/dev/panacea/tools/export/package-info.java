/** {@code panacea export}: networks as ONNX files. Start at {@link dev.panacea.tools.export.Export}. */
package dev.panacea.tools.export;

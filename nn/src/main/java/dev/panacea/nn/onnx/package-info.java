/**
 * Networks as ONNX files, for other runtimes. Start at {@link dev.panacea.nn.onnx.OnnxExport}: a network runs once with
 * {@link dev.panacea.nn.onnx.OnnxValue}s, which record its ops; a table turns each op into nodes of ONNX. The fields of
 * the file are written by hand: the format of messages is so small that a library for it, of 2 MB and without a module
 * descriptor, would do no more than number them, and would hold the weights in memory once more.
 */
package dev.panacea.nn.onnx;

/**
 * What the public data sets know of their pictures, read from the files their users download: start at
 * {@link dev.panacea.ace.label.LabelTask}, which reads a folder to a {@link dev.panacea.ace.label.LabelSet}.
 */
package dev.panacea.ace.label;

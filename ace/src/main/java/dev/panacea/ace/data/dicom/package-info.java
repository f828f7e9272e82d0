/**
 * DICOM files, from bytes to what a viewer would show. Start at {@link dev.panacea.ace.data.dicom.DicomDecoder}, then
 * {@link dev.panacea.ace.data.dicom.DataSet}, {@link dev.panacea.ace.data.dicom.Frame} and
 * {@link dev.panacea.ace.data.dicom.GreyLevels}.
 */
package dev.panacea.ace.data.dicom;

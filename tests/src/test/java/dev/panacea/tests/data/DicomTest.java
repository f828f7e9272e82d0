package dev.panacea.tests.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.tensor.DataException;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DICOM by the rules of its standard: how data sets are written, and how stored values become what is shown. */
class DicomTest {
    private static final ImageDecoder DECODER = new ImageDecoder();
    private static final int[] WORDS = {0, 100, 2000, 4095, 1, 2048};
    private static final int CENTRE = 0x00281050;
    private static final int WIDTH = 0x00281051;
    private static final int FUNCTION = 0x00281056;

    private static Picture decode(DicomFile file) {
        return DECODER.decode(file.end(), "x.dcm");
    }

    private static void shows(DicomFile file, double... expected) {
        float[] values = decode(file).values();
        assertThat(values).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(values[i]).as("pixel %s", i).isCloseTo((float) expected[i], Offset.offset(1e-5f));
        }
    }

    private static double[] of12(int... words) {
        return Arrays.stream(words).mapToDouble(word -> word / 4095.0).toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {DicomFile.IMPLICIT, DicomFile.EXPLICIT, DicomFile.BIG, DicomFile.DEFLATED})
    void everyWayOfWriting(String syntax) {
        DicomFile file = DicomFile.grey(syntax, 3, 2, 12, WORDS);
        shows(file, of12(WORDS));
        file.sequence(0x00081140, new DicomFile(syntax).text(0x00081150, "UI", "1.2"), true)
                .sequence(0x00082112, new DicomFile(syntax).sequence(0x00081140,
                        new DicomFile(syntax).text(0x00081150, "UI", "1.2"), true), true)
                .value(0x00091001, "UN", new byte[] {1, 2, 3}); // odd length
        shows(file, of12(WORDS));
        if (!syntax.equals(DicomFile.DEFLATED)) {
            shows(file.withoutPreamble(false), of12(WORDS));
        }
        shows(file.withoutPreamble(true), of12(WORDS));
    }

    @Test
    void bitsThatDoNotCountAreLeftOut() {
        shows(DicomFile.grey(DicomFile.EXPLICIT, 2, 1, 12, 0xF000 | 4095, 0x8000 | 7), of12(4095, 7));
        shows(DicomFile.grey(DicomFile.EXPLICIT, 2, 1, 12, 4095 << 4 | 3, 7 << 4).words(0x00280102, 15), of12(4095, 7));
        for (int bits = 8; bits <= 16; bits++) {
            int largest = (1 << bits) - 1;
            shows(DicomFile.grey(DicomFile.EXPLICIT, 2, 1, bits, largest, largest / 3), 1,
                    largest / 3 / (double) largest);
        }
    }

    @Test
    void bytesMayLieInWordsOfTheOtherOrder() {
        byte[] swapped = {20, 10, 40, 30};
        DicomFile big = DicomFile.grey(DicomFile.BIG, 2, 2, 8).words(0x00280100, 8);
        shows(big.pixels("OW", swapped), 10 / 255.0, 20 / 255.0, 30 / 255.0, 40 / 255.0);
        shows(big.pixels("OB", swapped), 20 / 255.0, 10 / 255.0, 40 / 255.0, 30 / 255.0);
        DicomFile odd = DicomFile.grey(DicomFile.EXPLICIT, 3, 1, 8).words(0x00280100, 8);
        shows(odd.pixels("OW", new byte[] {1, 2, 3, 0}), 1 / 255.0, 2 / 255.0, 3 / 255.0);
        shows(odd.pixels("OW", new byte[] {1, 2, 3}), 1 / 255.0, 2 / 255.0, 3 / 255.0);
    }

    @Test
    void signedValuesAreStretchedOrWindowed() {
        DicomFile file = DicomFile.grey(DicomFile.EXPLICIT, 4, 1, 12, -2048, 2047, 0, -1).words(0x00280103, 1);
        shows(file, 0, 1, 2048 / 4095.0, 2047 / 4095.0);
        assertThat(decode(file).facts().applied()).contains("signed", "stretched from -2048..2047");
        shows(file.text(CENTRE, "DS", "0").text(WIDTH, "DS", "101"), 0, 1, 0.505, 0.495);
        file = DicomFile.grey(DicomFile.EXPLICIT, 3, 1, 16, -32768, 32767, 0).words(0x00280103, 1);
        shows(file, 0, 1, 32768 / 65535.0);
        shows(file.words(0x00280120, -32768), 0, 1, 0); // what pads the film does not count
    }

    @Test
    void windowsFollowTheirFunction() {
        DicomFile file = DicomFile.grey(DicomFile.EXPLICIT, 4, 1, 12, 0, 1000, 1500, 4095).text(CENTRE, "DS", "1000")
                .text(WIDTH, "DS", "2000");
        shows(file, (0 - 999.5) / 1999 + 0.5, (1000 - 999.5) / 1999 + 0.5, (1500 - 999.5) / 1999 + 0.5, 1);
        shows(file.text(FUNCTION, "CS", "LINEAR_EXACT"), 0, 0.5, 0.75, 1);
        shows(file.text(FUNCTION, "CS", "SIGMOID"), 1 / (1 + Math.exp(2)), 0.5, 1 / (1 + Math.exp(-1)),
                1 / (1 + Math.exp(-4 * 3095 / 2000.0)));
        file.text(FUNCTION, "CS", "LINEAR").text(CENTRE, "DS", "1000\\2000\\3").text(WIDTH, "DS", " 1 \\500\\7");
        shows(file, 0, 1, 1, 1);
        assertThat(decode(file).facts().applied()).contains("window 1000/1, first of 3");
    }

    @Test
    void windowsThatShowNothingAreIgnored() {
        DicomFile file = DicomFile.grey(DicomFile.EXPLICIT, 2, 1, 12, 1000, 4095);
        shows(file.text(CENTRE, "DS", "-5000").text(WIDTH, "DS", "100"), of12(1000, 4095));
        assertThat(decode(file).facts().applied()).contains("window -5000/100 ignored: it shows nothing");
        shows(file.text(WIDTH, "DS", "0"), of12(1000, 4095));
        shows(file.text(WIDTH, "DS", "wide"), of12(1000, 4095));
        shows(file.without(WIDTH), of12(1000, 4095));
    }

    @Test
    void rescalingComesBeforeTheWindow() {
        DicomFile file = DicomFile.grey(DicomFile.EXPLICIT, 3, 1, 12, 0, 1000, 4000).text(0x00281052, "DS", "-1000")
                .text(0x00281053, "DS", "0.5");
        shows(file, 0, 0.25, 1);
        file.text(CENTRE, "DS", "-500").text(WIDTH, "DS", "1000").text(FUNCTION, "CS", "LINEAR_EXACT");
        shows(file, 0, 0.5, 1);
        assertThat(decode(file).facts().applied()).containsExactly("rescaled 0.5x-1000",
                "window -500/1000 LINEAR_EXACT");
    }

    @Test
    void lowIsBrightInMonochrome1() {
        DicomFile file = DicomFile.grey(DicomFile.EXPLICIT, 2, 1, 12, 0, 1000).text(0x00280004, "CS", "MONOCHROME1");
        shows(file, 1, 1 - 1000 / 1023.0); // 10 bits would hold it
        shows(file.text(CENTRE, "DS", "500").text(WIDTH, "DS", "1001"), 1 - (0.5 - 0.4995), 0);
        assertThat(decode(file).facts().applied()).contains("inverted (MONOCHROME1)");
        shows(DicomFile.grey(DicomFile.EXPLICIT, 2, 1, 8, 0, 255).text(0x20500020, "CS", "INVERSE"), 1, 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tablesStandForBothSteps(boolean open) {
        DicomFile modality = new DicomFile(DicomFile.EXPLICIT).words(0x00283002, 4, 10, 16)
                .words(0x00283006, 500, 600, 800, 1500);
        DicomFile file = DicomFile.grey(DicomFile.EXPLICIT, 5, 1, 12, 0, 10, 11, 12, 99)
                .sequence(0x00283000, modality, open);
        shows(file, 0, 0, 0.1, 0.3, 1);
        DicomFile interest = new DicomFile(DicomFile.EXPLICIT).words(0x00283002, 3, 599, 8)
                .words(0x00283006, 0, 51, 255);
        shows(file.sequence(0x00283010, interest, open), 0, 0, 0.2, 1, 1);
    }

    @Test
    void windowsMayLieInTheGroupsOfFrames() {
        DicomFile window = new DicomFile(DicomFile.EXPLICIT).text(CENTRE, "DS", "100").text(WIDTH, "DS", "200")
                .text(FUNCTION, "CS", "LINEAR_EXACT");
        DicomFile group = new DicomFile(DicomFile.EXPLICIT).sequence(0x00289132, window, true);
        shows(DicomFile.grey(DicomFile.EXPLICIT, 2, 1, 12, 100, 150).sequence(0x52009229, group, true), 0.5, 0.75);
        shows(DicomFile.grey(DicomFile.EXPLICIT, 2, 1, 12, 100, 150).sequence(0x52009230, group, false), 0.5, 0.75);
    }

    @Test
    void coloursBecomeLuma() {
        byte[] rgb = {(byte) 200, 100, 50, 7, 7, 7};
        DicomFile file = DicomFile.grey(DicomFile.EXPLICIT, 2, 1, 8).words(0x00280002, 3).words(0x00280100, 8)
                .text(0x00280004, "CS", "RGB").words(0x00280006, 0).pixels("OB", rgb);
        double luma = (0.299 * 200 + 0.587 * 100 + 0.114 * 50) / 255;
        shows(file, luma, 7 / 255.0);
        shows(file.words(0x00280006, 1).pixels("OB", new byte[] {(byte) 200, 7, 100, 7, 50, 7}), luma, 7 / 255.0);
        shows(file.words(0x00280006, 0).text(0x00280004, "CS", "YBR_FULL"), 200 / 255.0, 7 / 255.0);
        shows(file.text(0x00280004, "CS", "YBR_FULL_422").pixels("OB", new byte[] {10, 20, (byte) 128, (byte) 128}),
                10 / 255.0, 20 / 255.0);
        float[] grey = DECODER.decodeColour(file.end(), "x").values();
        assertThat(grey).containsExactly(10 / 255f, 10 / 255f, 10 / 255f, 20 / 255f, 20 / 255f, 20 / 255f);
    }

    @Test
    void palettesAreLookedUp() {
        DicomFile file = DicomFile.grey(DicomFile.EXPLICIT, 3, 1, 8).words(0x00280100, 8)
                .text(0x00280004, "CS", "PALETTE COLOR").pixels("OB", new byte[] {0, 5, 6, 0});
        for (int c = 0; c < 3; c++) {
            file.words(0x00281101 + c, 2, 5, 16).words(0x00281201 + c, 1000 * (c + 1), 65535);
        }
        float[] rgb = DECODER.decodeColour(file.end(), "x").values();
        for (int i = 0; i < rgb.length; i++) {
            assertThat(rgb[i]).isCloseTo(i < 6 ? 1000 * (i % 3 + 1) / 65535f : 1, Offset.offset(1e-5f));
        }
    }

    @Test
    void runLengthsAreUnpacked() {
        DicomFile file = DicomFile.grey(DicomFile.RLE, 4, 1, 16);
        byte[] frame = new byte[64 + 10];
        frame[0] = 2;
        frame[4] = 64;
        frame[8] = 70;
        System.arraycopy(new byte[] {3, 0, 1, 2, (byte) 255, (byte) 128}, 0, frame, 64, 6); // high bytes, no operation
        System.arraycopy(new byte[] {-3, 17, 0, 0}, 0, frame, 70, 4);
        file.pieces(frame);
        shows(file, 17 / 65535.0, (256 + 17) / 65535.0, (512 + 17) / 65535.0, (65280 + 17) / 65535.0);
        refused(file.pieces(Arrays.copyOf(frame, 71)), "DICOM cut off: run lengths end after 0 of 4 bytes");
    }

    @Test
    void ofSeveralFramesTheFirstIsShown() {
        DicomFile file = DicomFile.grey(DicomFile.EXPLICIT, 2, 1, 12, 4095, 7, 1, 2).text(0x00280008, "IS", "2");
        shows(file, of12(4095, 7));
        assertThat(decode(file).facts().applied()).containsExactly("first of 2 frames");
    }

    @Test
    void damageIsNamed() {
        refused(DicomFile.grey(DicomFile.EXPLICIT, 3, 2, 12, 1, 2, 3),
                "DICOM cut off: its pixels have 6 bytes, 3 x 2 need 12 (copy the file again)");
        refused(DicomFile.grey(DicomFile.EXPLICIT, 1, 1, 12, 1).without(0x00280010),
                "DICOM incomplete: element Rows (0028,0010) is missing (export the file again)");
        refused(DicomFile.grey(DicomFile.EXPLICIT, 1, 1, 12, 1).without(0x7FE00010),
                "DICOM without pixels: modality CR (choose files that hold pictures)");
        refused(DicomFile.grey(DicomFile.EXPLICIT, 65535, 65535, 12, 1), "picture too large: 65535 x 65535 pixels");
        refused(DicomFile.grey(DicomFile.EXPLICIT, 1, 1, 12, 1).words(0x00280100, 32),
                "DICOM of 12 bits in 32: not readable");
        refused(DicomFile.grey(DicomFile.EXPLICIT, 1, 1, 12, 1).words(0x00280002, 3), "DICOM damaged: 3 channels of "
                + "MONOCHROME2 (need 1)");
        refused(DicomFile.grey(DicomFile.EXPLICIT, 1, 1, 12, 1).pieces(new byte[] {1, 2, 3, 4}),
                "DICOM damaged or of an unknown compression");
        refused(DicomFile.grey(DicomFile.EXPLICIT, 1, 1, 12, 1).text(0x00281053, "DS", "steep"), "DICOM damaged: "
                + "rescale slope or intercept is no number: 'steep', ''");
        DicomFile deep = new DicomFile(DicomFile.EXPLICIT);
        for (int i = 0; i < 50; i++) {
            deep = new DicomFile(DicomFile.EXPLICIT).sequence(0x00081140, deep, true);
        }
        refused(deep, "DICOM forged: sequences more than 32 deep");
        byte[] whole = DicomFile.grey(DicomFile.EXPLICIT, 3, 2, 12, WORDS).end();
        List<Integer> lengths = java.util.stream.IntStream.range(132, whole.length).boxed().toList();
        assertThat(lengths).allSatisfy(length -> assertThatThrownBy(
                () -> DECODER.decode(Arrays.copyOf(whole, length), "cut")).isInstanceOf(DataException.class));
    }

    private static void refused(DicomFile file, String message) {
        assertThatThrownBy(() -> decode(file)).isInstanceOf(DataException.class)
                .hasMessageStartingWith("x.dcm: " + message).hasMessageEndingWith(")").hasMessageNotContaining("\n");
    }
}

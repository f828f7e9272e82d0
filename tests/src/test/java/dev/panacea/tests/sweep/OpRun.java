package dev.panacea.tests.sweep;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.cpu.VectorWidth;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The program that the tests start in a fresh JVM, to see what only a fresh JVM can show: other vector widths, another
 * number of threads, another compiler.
 */
public final class OpRun {
    private OpRun() {}

    /**
     * With {@code parity}: compares every sample with the reference. With {@code digest}: prints a digest of the
     * outputs' bytes for each op.
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("parity")) {
            int tried = 0;
            for (OpCase one : OpCase.all(2)) {
                one.checkParity();
                tried++;
            }
            System.out.println(VectorWidth.bits() + " bits: " + tried + " cases");
        } else {
            digests().forEach((op, digest) -> System.out.println(op + " " + digest));
        }
    }

    /** For each op, a digest of all outputs of all its samples. */
    static Map<String, String> digests() throws Exception {
        Map<String, MessageDigest> digests = new TreeMap<>();
        for (OpCase one : OpCase.all(1)) {
            MessageDigest digest = digests.computeIfAbsent(one.op().name(), name -> sha256());
            try (MemoryScope _ = MemoryScope.open("digest")) {
                for (Tensor output : one.run(one.inputs(ElementType.F32))) {
                    for (double value : output.toDoubles()) {
                        long bits = Double.doubleToLongBits(value);
                        for (int shift = 0; shift < 64; shift += 8) {
                            digest.update((byte) (bits >>> shift));
                        }
                    }
                }
            }
        }
        Map<String, String> text = new TreeMap<>();
        digests.forEach((op, digest) -> text.put(op, HexFormat.of().formatHex(digest.digest())));
        return text;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}

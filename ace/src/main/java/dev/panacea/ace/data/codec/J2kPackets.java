package dev.panacea.ace.data.codec;

import dev.panacea.ace.data.codec.J2kBlock.Segment;
import dev.panacea.tensor.DataException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntSupplier;

/** Deals the packets of a tile out to its blocks, in the order that the file chose (ITU T.800, annex B). */
final class J2kPackets implements IntSupplier {
    /** The place of packets in the order: one precinct of one resolution of one component. */
    private record Target(J2kResolution resolution, J2kCoding coding, int component, int level, int precinct) {
        long place() {
            return resolution.places()[precinct];
        }
    }

    private static final Comparator<Target> IN_RESOLUTION =
            Comparator.comparingInt(Target::component).thenComparingInt(Target::precinct);
    private static final Comparator<Target> BY_LEVEL =
            Comparator.comparingInt(Target::level).thenComparing(IN_RESOLUTION);
    private static final List<Comparator<Target>> ORDERS = List.of(BY_LEVEL, BY_LEVEL,
            Comparator.comparingInt(Target::level).thenComparingLong(Target::place).thenComparing(IN_RESOLUTION),
            Comparator.comparingLong(Target::place).thenComparingInt(Target::component)
                    .thenComparingInt(Target::level).thenComparingInt(Target::precinct),
            Comparator.comparingInt(Target::component).thenComparingLong(Target::place)
                    .thenComparingInt(Target::level).thenComparingInt(Target::precinct));

    private final byte[] data;
    private int at;
    private int current; // byte of a header being read
    private int left; // bits of it still to be read

    private J2kPackets(byte[] data) {
        this.data = data;
    }

    /**
     * Reads all packets of a tile.
     *
     * @param components the resolutions of each component
     * @param codings of each component
     */
    static void read(byte[] data, J2kResolution[][] components, J2kCoding[] codings) {
        List<Target> targets = new ArrayList<>();
        for (int c = 0; c < components.length; c++) {
            for (int r = 0; r < components[c].length; r++) {
                for (int p = 0; p < components[c][r].places().length; p++) {
                    targets.add(new Target(components[c][r], codings[c], c, r, p));
                }
            }
        }
        int progression = codings[0].progression();
        int layers = codings[0].layers();
        targets.sort(ORDERS.get(progression));
        J2kPackets packets = new J2kPackets(data);
        if (progression == 0) {
            for (int layer = 0; layer < layers; layer++) {
                for (Target target : targets) {
                    packets.packet(target, layer);
                }
            }
        } else if (progression == 1) {
            for (int from = 0; from < targets.size();) {
                int to = from;
                while (to < targets.size() && targets.get(to).level == targets.get(from).level) {
                    to++;
                }
                for (int layer = 0; layer < layers; layer++) {
                    for (Target target : targets.subList(from, to)) {
                        packets.packet(target, layer);
                    }
                }
                from = to;
            }
        } else {
            for (Target target : targets) {
                for (int layer = 0; layer < layers; layer++) {
                    packets.packet(target, layer);
                }
            }
        }
    }

    /** What one packet brings of a block. */
    private record Delivery(J2kBlock block, Segment segment, int bytes) {}

    private void packet(Target target, int layer) {
        if (Bytes.startsWith(data, at, (byte) 0xFF, (byte) 0x91)) {
            at += 6; // a mark before the packet
        }
        left = 0;
        current = 0;
        List<Delivery> deliveries = new ArrayList<>();
        if (getAsInt() == 1) {
            for (J2kBand band : target.resolution.bands()) {
                readHeader(band, target, layer, deliveries);
            }
        }
        if (current == 0xFF) {
            at++; // a byte of ones is never the last of a header
        }
        if (Bytes.startsWith(data, at, (byte) 0xFF, (byte) 0x92)) {
            at += 2; // a mark behind the header
        }
        for (Delivery delivery : deliveries) {
            if (delivery.bytes > data.length - at) {
                throw cutOff();
            }
            delivery.block.data.write(data, at, delivery.bytes);
            delivery.segment.bytes += delivery.bytes;
            at += delivery.bytes;
        }
    }

    private void readHeader(J2kBand band, Target target, int layer, List<Delivery> deliveries) {
        J2kPrecinct precinct = band.precincts()[target.precinct];
        if (precinct.count() > 0) {
            precinct.make();
        }
        for (int i = 0; i < precinct.blocks().length; i++) {
            J2kBlock block = precinct.blocks()[i];
            if (!(block.isSeen() ? getAsInt() == 1 : precinct.enters(i, layer, this))) {
                continue;
            }
            if (!block.isSeen()) {
                block.emptyPlanes = precinct.emptyPlanes(i, band.planes(), this);
            }
            int passes = readPasses();
            block.passes += passes;
            int planes = band.planes() - block.emptyPlanes;
            if (planes < 1 || block.passes > 3 * planes - 2) {
                throw new DataException("JPEG 2000 damaged: " + block.passes + " passes over " + planes
                        + " bit planes (copy the file again)");
            }
            while (getAsInt() == 1) {
                block.lengthBits++;
            }
            while (passes > 0) {
                Segment segment = block.open(target.coding);
                int count = Math.min(passes, segment.most - segment.passes);
                int bits = block.lengthBits + 31 - Integer.numberOfLeadingZeros(count);
                if (bits > 30) {
                    throw new DataException("JPEG 2000 damaged: a length of " + bits + " bits (copy the file again)");
                }
                deliveries.add(new Delivery(block, segment, read(bits)));
                segment.passes += count;
                passes -= count;
            }
        }
    }

    /** How many passes a packet brings of a block, 1 to 164. */
    private int readPasses() {
        if (getAsInt() == 0) {
            return 1;
        }
        if (getAsInt() == 0) {
            return 2;
        }
        int more = read(2);
        if (more < 3) {
            return 3 + more;
        }
        more = read(5);
        return more < 31 ? 6 + more : 37 + read(7);
    }

    private int read(int bits) {
        int value = 0;
        for (int i = 0; i < bits; i++) {
            value = value << 1 | getAsInt();
        }
        return value;
    }

    /** The next bit of a header: behind a byte of ones the next has seven. */
    @Override
    public int getAsInt() {
        if (left == 0) {
            if (at >= data.length) {
                throw cutOff();
            }
            left = current == 0xFF ? 7 : 8;
            current = data[at++] & 0xFF;
        }
        return current >> --left & 1;
    }

    private DataException cutOff() {
        return new DataException("JPEG 2000 cut off: its packets end after " + data.length
                + " bytes of a tile (copy the file again)");
    }
}

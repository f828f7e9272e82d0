package dev.panacea.nn.weight.pickle;

import dev.panacea.nn.weight.pickle.Pickled.Bytes;
import dev.panacea.nn.weight.pickle.Pickled.Entry;
import dev.panacea.nn.weight.pickle.Pickled.Instance;
import dev.panacea.nn.weight.pickle.Pickled.Name;
import dev.panacea.nn.weight.pickle.Pickled.Scalar;
import dev.panacea.nn.weight.pickle.Pickled.Sequence;
import dev.panacea.nn.weight.pickle.Pickled.Storage;
import dev.panacea.tensor.DataException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The machine whose instructions a pickle is made of (protocols 2 to 5), without the ones that reach outside: names
 * stay names, and a call is written down, not made. It does not recurse, each instruction makes at most a small object,
 * and their number is bounded.
 */
public final class Unpickler {
    private static final int MOST_STEPS = 4_000_000; // some fifty times the largest real checkpoint's
    private static final Scalar NONE = new Scalar(null);
    private static final Scalar TRUE = new Scalar(true);
    private static final Scalar FALSE = new Scalar(false);

    private final PickleBytes bytes;
    private final Calls calls;
    private final List<Pickled> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, Pickled> memo = new HashMap<>();

    private Unpickler(PickleBytes bytes, Map<String, Storage> storages) {
        this.bytes = bytes;
        this.calls = new Calls(bytes, storages);
    }

    /**
     * Reads one pickle.
     *
     * @param bytes    where it begins; afterwards, where it ended
     * @param storages gets the storages that it speaks of, by key
     * @return its value
     * @throws DataException if it is broken, or uses an instruction that no tensor, container, number or text needs
     */
    public static Pickled read(PickleBytes bytes, Map<String, Storage> storages) {
        Unpickler machine = new Unpickler(bytes, storages);
        for (int step = 0; step < MOST_STEPS; step++) {
            int instruction = bytes.uint8();
            if (instruction == '.') {
                return machine.pop();
            }
            machine.run(instruction);
        }
        throw bytes.broken("pickle too long", "more than " + MOST_STEPS + " instructions", "store weights as tensors");
    }

    private void run(int instruction) {
        switch (instruction) {
            case 0x80 -> protocol(bytes.uint8());
            case 0x95 -> frame(bytes.int64());
            case '(' -> marks.add(stack.size());
            case '0' -> pop();
            case '1' -> sinceMark();
            case '2' -> push(top());
            case 'N' -> push(NONE);
            case 0x88 -> push(TRUE);
            case 0x89 -> push(FALSE);
            case 'K' -> push(new Scalar((long) bytes.uint8()));
            case 'M' -> push(new Scalar((long) bytes.uint16()));
            case 'J' -> push(new Scalar((long) bytes.int32()));
            case 0x8a -> push(new Scalar(bytes.number(bytes.uint8())));
            case 0x8b -> push(new Scalar(bytes.number(bytes.int32())));
            case 'G' -> push(new Scalar(bytes.float64()));
            case 'X', 'T' -> text(bytes.uint32());
            case 0x8c, 'U' -> text(bytes.uint8());
            case 0x8d -> text(bytes.int64());
            case 'C' -> raw(bytes.uint8());
            case 'B' -> raw(bytes.uint32());
            case 0x8e, 0x96 -> raw(bytes.int64());
            case '}' -> push(new Instance(null, List.of()));
            case ']', 0x8f -> push(new Sequence(new ArrayList<>()));
            case ')' -> push(new Sequence(List.of()));
            case 't', 0x91 -> push(new Sequence(sinceMark()));
            case 0x85 -> push(new Sequence(last(1)));
            case 0x86 -> push(new Sequence(last(2)));
            case 0x87 -> push(new Sequence(last(3)));
            case 'a' -> append(last(1));
            case 'e', 0x90 -> append(sinceMark());
            case 's' -> set(last(2));
            case 'u' -> set(sinceMark());
            case 'q' -> memo.put((long) bytes.uint8(), top());
            case 'r' -> memo.put(bytes.uint32(), top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'h' -> push(remembered(bytes.uint8()));
            case 'j' -> push(remembered(bytes.uint32()));
            case 'c' -> push(new Name(bytes.line() + "." + bytes.line()));
            case 0x93 -> name(last(2));
            case 'R', 0x81 -> call(last(2));
            case 0x92 -> call(last(3));
            case 'b' -> build(last(2));
            case 'Q' -> push(calls.persistent(pop()));
            default -> throw bytes.broken("instruction not allowed", "0x" + Integer.toHexString(instruction),
                    "save the weights alone: torch.save(model.state_dict(), path)");
        }
    }

    private void protocol(int version) {
        if (version < 2 || version > 5) {
            throw bytes.broken("pickle protocol not known", version + "", "2 to 5");
        }
    }

    private void frame(long length) {
        if (length < 0) { // it only says how much to read at once; what is not there is missed soon enough
            throw bytes.broken("frame too long", Long.toUnsignedString(length) + " bytes", "is the file complete?");
        }
    }

    private void text(long length) {
        push(new Scalar(bytes.text(length, StandardCharsets.UTF_8)));
    }

    private void raw(long length) {
        push(new Bytes(bytes.text(length, StandardCharsets.ISO_8859_1)));
    }

    private void append(List<Pickled> items) {
        switch (top()) {
            case Sequence list when list.items() instanceof ArrayList<Pickled> open -> open.addAll(items);
            case Instance object -> object.items().addAll(items);
            default -> throw bytes.broken("append to what is no list", kind(top()), "is it a pickle?");
        }
    }

    private void set(List<Pickled> keysAndValues) {
        if (!(top() instanceof Instance dictionary) || keysAndValues.size() % 2 != 0) {
            throw bytes.broken("setting what is no dictionary's entry", kind(top()), "is it a pickle?");
        }
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            dictionary.entries().add(new Entry(keysAndValues.get(i), keysAndValues.get(i + 1)));
        }
    }

    private void name(List<Pickled> parts) {
        if (!(parts.get(0) instanceof Scalar(String module)) || !(parts.get(1) instanceof Scalar(String name))) {
            throw bytes.broken("name is not text", kind(parts.get(0)), "is it a pickle?");
        }
        calls.charge(module.length() + name.length());
        push(new Name(module + "." + name));
    }

    /** The callee, then its arguments; where it is called by keywords too, those are kept as a last argument. */
    private void call(List<Pickled> callee) {
        if (!(callee.get(1) instanceof Sequence arguments)) {
            throw bytes.broken("arguments are no tuple", kind(callee.get(1)), "is it a pickle?");
        }
        List<Pickled> all = arguments.items();
        if (callee.size() == 3) {
            calls.charge(all.size());
            all = new ArrayList<>(all);
            all.add(callee.get(2));
        }
        push(calls.call(callee.get(0), all));
    }

    private void build(List<Pickled> target) {
        if (target.get(0) instanceof Instance object) { // a tensor's attributes are of no use here
            object.state(target.get(1));
        }
        push(target.get(0));
    }

    private Pickled remembered(long index) {
        Pickled value = memo.get(index);
        if (value == null) {
            throw bytes.broken("nothing remembered by this number", index + "", "is it a pickle?");
        }
        return value;
    }

    private void push(Pickled value) {
        stack.add(value);
    }

    private Pickled pop() {
        need(1);
        return stack.removeLast();
    }

    private Pickled top() {
        need(1);
        return stack.getLast();
    }

    private List<Pickled> last(int count) {
        need(count);
        return cut(stack.size() - count);
    }

    private List<Pickled> sinceMark() {
        if (marks.isEmpty()) {
            throw bytes.broken("no mark to go back to", stack.size() + " values", "is it a pickle?");
        }
        return cut(marks.removeLast());
    }

    private List<Pickled> cut(int from) {
        List<Pickled> part = stack.subList(from, stack.size());
        List<Pickled> values = List.copyOf(part);
        part.clear();
        return values;
    }

    private void need(int count) {
        int open = stack.size() - (marks.isEmpty() ? 0 : marks.getLast());
        if (open < count) {
            throw bytes.broken("too few values for an instruction", open + " of " + count, "is it a pickle?");
        }
    }

    private static String kind(Pickled value) {
        return value.getClass().getSimpleName();
    }
}

/**
 * Python pickles, read without running anything in them. {@link dev.panacea.nn.weight.pickle.Unpickler} is the machine
 * of their instructions, {@link dev.panacea.nn.weight.pickle.Pickled} is all that can come out, and
 * {@link dev.panacea.nn.weight.pickle.Calls} is the short list of calls that mean something here; any other call leaves
 * a stand-in that remembers what was to be called.
 */
package dev.panacea.nn.weight.pickle;

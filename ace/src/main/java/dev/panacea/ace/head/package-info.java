/**
 * What ACE puts on a backbone's tokens: the dense head, composer and decomposer for matching (Sec. 3.3), the global
 * head (Sec. 3.2). Parameters have the names of the authors' files.
 */
package dev.panacea.ace.head;

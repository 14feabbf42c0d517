/* Stacks of items that never move: what is taken stays where it is until it is released; and bytes in a row. */

#ifndef EXACTRELU_MEMORY_H
#define EXACTRELU_MEMORY_H

#include <stddef.h>

typedef struct Block Block;

struct Block {
    Block *before, *after;
    size_t size, used;
    /* the items follow */
};

typedef struct {
    Block *top;
} Stack;

typedef struct {
    Block *block;
    size_t used;
} Mark;

/* Bytes that are handed out; `failed` if there was no memory. */
typedef struct {
    char *items;
    size_t count, room;
    int failed;
} Bytes;

void *stack_take(Stack *stack, size_t size);
void stack_shrink(Stack *stack, void *taken, size_t size);
Mark stack_mark(const Stack *stack);
void stack_release(Stack *stack, Mark mark);
void stack_free(Stack *stack);
char *extend(Bytes *bytes, size_t count);
void free_bytes(Bytes *bytes);

#endif

/* Stacks of items that never move: what is taken stays where it is until it is released. */

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

void *stack_take(Stack *stack, size_t size);
void stack_shrink(Stack *stack, void *taken, size_t size);
Mark stack_mark(const Stack *stack);
void stack_release(Stack *stack, Mark mark);
void stack_free(Stack *stack);

#endif
